using QaBuild.Dataset.Splitting;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Sources;

public sealed class FrontMatterTests
{
    [Fact]
    public void Every_key_is_read()
    {
        const string Front = """
            id: mvcc-1
            tags: [storage, 并发]
            paraphrases:
              - How does MVCC work?
            system: Be brief.
            context:
              text: |
                Rows have xmin.
                And xmax.
              from: the manual
            negative: true
            split: valid
            weight: 3
            license: CC-BY-4.0
            source: https://example.org/a b
            tools:
              - name: lookup
                description: finds
                parameters: { type: object, properties: { n: { type: integer, minimum: 1.5 } } }
            calls:
              - name: lookup
                arguments: { n: 7, deep: [true, null, "7"] }
                result: seven
            """;
        var compiled = Compiled.Of(Qa.Text(front: Front));
        Assert.Empty(compiled.Found);
        var front = compiled.Unit.FrontMatter;
        Assert.Equal("mvcc-1", compiled.Unit.Id);
        Assert.Equal(["storage", "并发"], front.Tags.AsEnumerable());
        Assert.Equal([("How does MVCC work?", 5)], front.Paraphrases.Select(p => (p.Text, p.Line)));
        Assert.Equal(("Be brief.", "Rows have xmin.\nAnd xmax.", "the manual"), (front.System, front.Context!.Text, front.Context.From));
        Assert.Equal((true, Split.Valid, 3), (front.Negative, front.Split!.Value, front.Weight));
        Assert.Equal(("CC-BY-4.0", "https://example.org/a b"), (front.License, front.Source));
        Assert.Equal("""{"name":"lookup","description":"finds","parameters":{"type":"object","properties":{"n":{"type":"integer","minimum":1.5}}}}""", front.Tools.Single().ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal("""{"name":"lookup","arguments":{"n":7,"deep":[true,null,"7"]},"result":"seven"}""", front.Calls.Single().ToString(Newtonsoft.Json.Formatting.None));
    }

    [Theory]
    [InlineData("id: 007", "007")]
    [InlineData("id: 1.0", "1.0")]
    [InlineData("id: 1e3", "1e3")]
    [InlineData("id: true", "true")]
    [InlineData("id: null", "null")]
    [InlineData("id: 2024-01-01", "2024-01-01")]
    public void An_id_is_a_string_whatever_it_looks_like(string front, string id) => Assert.Equal(id, Compiled.Of(Qa.Text(front: front)).Unit.Id);

    [Fact]
    public void Tags_and_licenses_are_strings_whatever_they_look_like()
    {
        var front = Compiled.Of(Qa.Text(front: "tags: [no, 14, 1.50, ~]\nlicense: 1.0")).Unit.FrontMatter;
        Assert.Equal(["no", "14", "1.50", "~"], front.Tags.AsEnumerable());
        Assert.Equal("1.0", front.License);
    }

    [Theory]
    [InlineData("weight: lots", "QA1007(2,1)")]
    [InlineData("weight: 0", "QA1007(2,1)")]
    [InlineData("weight: 101", "QA1007(2,1)")]
    [InlineData("weight: 1.5", "QA1007(2,1)")]
    [InlineData("weight: \"3\"", "QA1007(2,1)")]
    [InlineData("weight: 99999999999999999999999999999999999", "QA1007(2,1)")]
    [InlineData("negative: yes", "QA1007(2,1)")]
    [InlineData("id: ab\nsplit: dev", "QA1007(3,1)")]
    [InlineData("id: [a]", "QA1007(2,1)")]
    [InlineData("id: ''", "QA1007(2,1)")]
    [InlineData("tags: one", "QA1007(2,1)")]
    [InlineData("tags: [a, a]", "QA1007(2,1)")]
    [InlineData("tags:\n  - a\n  - {b: c}", "QA1007(4,5)")]
    [InlineData("context: text", "QA1007(2,1) QA1007(2,1)")]
    [InlineData("context:\n  from: here", "QA1007(2,1)")]
    [InlineData("context:\n  text: a\n  from: [b]", "QA1007(4,3)")]
    [InlineData("tools:\n  - description: x", "QA1007(3,5)")]
    [InlineData("calls:\n  - name: f\n    arguments: [1]", "QA1007(4,5)")]
    [InlineData("suppress:\n  - code: QA2004", "QA1007(3,5)")]
    [InlineData("suppress:\n  - code: QA20\n    reason: x", "QA1007(3,5) QA1024(3,5)")]
    [InlineData("idd: x", "QA1022(2,1)")]
    [InlineData("context:\n  text: a\n  form: b", "QA1022(4,3)")]
    [InlineData("a: b: c", "QA1020(2,5)")]
    [InlineData("id: \"open", "QA1020(2,5)")]
    [InlineData("id: a\nid: b", "QA1020(3,1)")]
    [InlineData("- a\n- b", "QA1020(2,1)")]
    [InlineData("just text", "QA1020(2,1)")]
    [InlineData("? [a]\n: b", "QA1020(2,3)")]
    [InlineData("id: &x a", "QA1021(2,5)")]
    [InlineData("tags: &t [a]\nparaphrases: *t", "QA1021(2,7)")]
    [InlineData("id: x\ntags: *t", "QA1021(3,7)")]
    [InlineData("&k id: x", "QA1021(2,1)")]
    public void A_fault_is_reported_at_its_line_and_column(string front, string found) => Assert.Equal(found.Split(' '), Compiled.Of(Qa.Text(front: front)).Found);

    [Fact]
    public void An_unknown_key_comes_with_the_nearest_name_and_all_valid_ones()
    {
        var report = Compiled.Of(Qa.Text(front: "wieght: 3")).Report;
        Assert.Contains("Did you mean weight?", report, StringComparison.Ordinal);
        Assert.Contains("Valid keys: id, tags, paraphrases,", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_value_is_reported_at_once() =>
        Assert.Equal(["QA1007(2,1)", "QA1022(3,1)", "QA1007(4,1)"], Compiled.Of(Qa.Text(front: "weight: x\nfoo: y\nsplit: z")).Found);

    [Fact]
    public void Unclosed_front_matter_is_reported_at_its_start() =>
        Assert.Contains("QA1019(1,1)", Compiled.Of("---\nid: x\n" + Qa.Text()).Found);

    [Fact]
    public void Faults_in_front_matter_and_in_sections_are_reported_at_once() =>
        Assert.Equal(["QA1020(2,5)", "QA1009(14,1)"], Compiled.Of(Qa.Text(front: "a: b: c", level: "x")).Found);

    [Fact]
    public void A_yaml_bomb_is_refused_without_being_expanded()
    {
        var bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Join('\n', Enumerable.Range(1, 25).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(',', Enumerable.Repeat("*" + (char)('a' + i - 1), 9))}]"));
        Assert.Equal(["QA1021(2,4)"], Compiled.Of(Qa.Text(front: bomb)).Found);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(100_000)]
    public void Deep_nesting_is_refused(int depth) =>
        Assert.Equal(["QA1021"], Compiled.Of(Qa.Text(front: "tags: " + new string('[', depth) + new string(']', depth))).Found.Select(f => f[..6]));

    [Fact]
    public void A_huge_block_is_refused() =>
        Assert.Equal(["QA1021(1,1)"], Compiled.Of(Qa.Text(front: "system: " + new string('x', 300_000))).Found);

    [Fact]
    public void An_empty_block_says_nothing() => Assert.Empty(Compiled.Of("---\n---\n" + Qa.Text()).Found);

    [Fact]
    public void Dots_close_the_block_too() => Assert.Equal("x", Compiled.Of("---\nid: x\n...\n" + Qa.Text()).Unit.Id);

    [Fact]
    public void Lines_below_front_matter_keep_their_numbers() =>
        Assert.Equal(["QA1009(14,1)"], Compiled.Of(Qa.Text(front: "id: x", level: "q")).Found);

    [Fact]
    public void Escaped_lone_surrogates_are_no_fault_of_ours() =>
        Assert.DoesNotContain("QA0000", Compiled.Of(Qa.Text(front: "paraphrases: [\"\\uD800 ## Answer\", \"## \\uDC00\"]\nid: \"\\uD83D\"")).Codes);
}
