using System.Text;
using System.Text.Json;
using QaBuild.Dataset.Tests.Analysis.Duplicates;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Emission;

public sealed class DroppedRowsTests
{
    [Fact]
    public void Nothing_is_listed_when_everything_stands_in_a_row() => Assert.Equal(0, Compiled.Of(Qa.Files(3)).Emitted!.Dropped.Length);

    [Fact]
    public void A_duplicate_is_listed_with_what_it_repeats_and_how_nearly()
    {
        var files = Alike.Files(Alike.Cleaning, Alike.CleaningNearly);
        files[Qa.PathOf(3)] = Qa.Text(Alike.Cleaning.ToUpperInvariant(), "c", front: "id: third\nparaphrases: [How else?]");
        var text = Encoding.UTF8.GetString(Alike.Compile(files, Alike.Drop).Emitted!.Dropped.Span);
        Assert.Equal(
            """
            {"id":"job_dba/skill_sql/qa_l_002","source":"job_dba/skill_sql/qa_l_002.md","line":17,"reason":"duplicate","duplicateOf":"job_dba/skill_sql/qa_l_001","duplicateSource":"job_dba/skill_sql/qa_l_001.md","score":0.8855}
            {"id":"third","source":"job_dba/skill_sql/qa_l_003.md","line":21,"reason":"duplicate","duplicateOf":"job_dba/skill_sql/qa_l_001","duplicateSource":"job_dba/skill_sql/qa_l_001.md","score":1.0}
            {"id":"third#1","source":"job_dba/skill_sql/qa_l_003.md","line":3,"reason":"duplicate","duplicateOf":"job_dba/skill_sql/qa_l_001","duplicateSource":"job_dba/skill_sql/qa_l_001.md","score":1.0}

            """.ReplaceLineEndings("\n"),
            text);
    }

    [Theory]
    [InlineData("completions")]
    [InlineData("chat")]
    [InlineData("text")]
    [InlineData("alpaca")]
    [InlineData("sharegpt")]
    [InlineData("tools")]
    public void Every_wording_stands_in_a_row_or_is_listed_with_its_reason_and_never_both(string format)
    {
        var reasons = new Dictionary<string, int>();
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var (files, wordings) = Kb(random);
            var chained = random.Next(2) == 0;
            List<(string, string)> options = [("DatasetFormat", format), ("NoWarn", "QA2004;QA4002;QA4003"), random.Next(4) == 0 ? Alike.Warn : Alike.Drop, ("ChainTurns", chained ? "true" : "false")];
            options.AddRange(random.Next(3) switch { 0 => [("ExcludeLevel", "h")], 1 => [("IncludeTag", "t"), ("ExcludeSkill", "net")], _ => [] });
            options.AddRange(random.Next(3) switch { 0 => [("ParaphraseRows", "0")], 1 => [("ParaphraseRows", "1")], _ => [] });
            var compiled = Compiled.Of(files, [.. options]);
            Assert.True(compiled.Emitted is not null, compiled.Report);

            // By the words themselves: each wording is a word of its own somewhere in the rows, or the listed line of a source.
            var rows = string.Join('\n', compiled.Rows);
            var listed = new Dictionary<string, JsonElement>();
            foreach (var line in Encoding.UTF8.GetString(compiled.Emitted.Dropped.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var dropped = JsonSerializer.Deserialize<JsonElement>(line);
                var place = File(dropped, "source") + ":" + dropped.GetProperty("id").GetString();
                Assert.True(listed.TryAdd(place, dropped), $"{place} twice");
                var reason = dropped.GetProperty("reason").GetString()!;
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
                Assert.Equal(reason == "duplicate", dropped.TryGetProperty("duplicateOf", out _));
            }

            foreach (var (id, source, mark) in wordings)
            {
                var isListed = listed.Remove($"{source}:{id}");
                Assert.True(rows.Contains(mark, StringComparison.Ordinal) != isListed, $"seed {seed}: {id} is {(isListed ? "in a row and listed" : "nowhere")}");
            }

            Assert.Empty(listed);

            // What is left out as a duplicate repeats something that is not.
            var kept = compiled.Emitted.Files.SelectMany(f => f.Lines).SelectMany(r => r.FollowUps.Append(r.Id)).ToHashSet();
            Assert.All(Duplicates(compiled), d => Assert.Contains(d, kept));
        }

        string[] expected = format is "chat" or "sharegpt" or "tools" ? ["chainTurns", "duplicate", "filter", "paraphraseRows"] : ["duplicate", "filter", "paraphraseRows"];
        Assert.Equal(expected, reasons.Keys.Order(StringComparer.Ordinal));
    }

    private static string File(JsonElement dropped, string name) => dropped.GetProperty(name).GetString()!;

    private static IEnumerable<string> Duplicates(Compiled compiled) => Encoding.UTF8.GetString(compiled.Emitted!.Dropped.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => JsonSerializer.Deserialize<JsonElement>(l)).Where(d => d.TryGetProperty("duplicateOf", out _)).Select(d => File(d, "duplicateOf"));

    // Few questions, so that many are asked again. Each wording is marked by case and punctuation, which its duplicates do not share.
    private static (Dictionary<string, string> Files, List<(string Id, string Source, string Mark)> Wordings) Kb(Random random)
    {
        string[] questions = ["why does the table grow", "who may read the log", "when is the cache cold", "where do rows live", "which worker is late", "how is a lock released", "what does a replica lack", "can pages be shared"];
        var files = new Dictionary<string, string>();
        var wordings = new List<(string, string, string)>();
        var paths = new List<string>();
        for (var i = 1; i <= 24; i++)
        {
            var level = "lmh"[random.Next(3)].ToString();
            var skill = random.Next(4) == 0 ? "net" : "sql";
            var path = $"job_dba/skill_{skill}/qa_{level}_{i:D3}.md";
            var id = random.Next(5) == 0 ? $"custom-{i}" : path[..^3];
            string Wording(int variant)
            {
                // Unique and yet the same question: how the words are spaced and cased is set aside.
                var number = (i * 8) + variant;
                var question = questions[random.Next(questions.Length)] + (random.Next(3) == 0 ? "" : $" of {Alike.Answer(number)[..3]}");
                var letters = question.ToCharArray();
                for (int at = 0, bit = 0; at < letters.Length && bit < 10; at++)
                {
                    if (char.IsAsciiLetter(letters[at]))
                    {
                        letters[at] = (number >> bit++ & 1) == 1 ? char.ToUpperInvariant(letters[at]) : letters[at];
                    }
                }

                var text = new string(letters) + "?";
                wordings.Add((variant == 0 ? id : $"{id}#{variant}", path, text));
                return text;
            }

            var asked = Wording(0);
            var others = Enumerable.Range(1, random.Next(4)).Select(Wording).ToArray();
            var front = string.Join('\n', (string[])[
                .. id == path[..^3] ? Array.Empty<string>() : [$"id: {id}"], .. random.Next(2) == 0 ? ["tags: [t]"] : Array.Empty<string>(),
                .. others.Length > 0 ? ["paraphrases:", .. others.Select(o => $"  - {o}")] : Array.Empty<string>()]);
            var related = paths.Count > 0 && random.Next(2) == 0 ? "../../" + paths[random.Next(paths.Count)] : "none";
            files[path] = Qa.Text(asked, Alike.Answer(1000 + i), skill: skill, level: level, related: related, front: front);
            paths.Add(path);
        }

        return (files, wordings);
    }
}
