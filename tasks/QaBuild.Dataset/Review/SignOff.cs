using System.Collections.Immutable;
using System.Globalization;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Review;

/// <summary>What a line of 校对信息 is worth.</summary>
public enum SignOffState
{
    /// <summary>It says no hash, as lines did before there were any: nobody can tell what was read.</summary>
    Unbound,

    /// <summary>What was reviewed is what the file says.</summary>
    Current,

    /// <summary>The file was edited since.</summary>
    Stale,

    /// <summary>It has a hash, and is otherwise no sign-off.</summary>
    Unreadable,
}

/// <summary>A line of 校对信息: <c>NAME, YYYY-MM-DD, sha256:HASH</c>, or whatever people write there.</summary>
/// <param name="Reviewer">Who; of an unbound or unreadable line, the whole line.</param>
/// <param name="Date">When; empty for an unbound or unreadable line.</param>
/// <param name="Hash">Of what was reviewed, see <see cref="ReviewHash"/>; empty for an unbound or unreadable line.</param>
/// <param name="State">What it is worth.</param>
/// <param name="Line">1-based line in the file.</param>
public sealed record SignOff(string Reviewer, string Date, string Hash, SignOffState State, int Line)
{
    private const string Mark = "sha256:";
    private const string DateForm = "yyyy-MM-dd";

    /// <summary>Whether a text has a line that says a hash.</summary>
    internal static bool AreIn(ReadOnlySpan<char> proofreading) => proofreading.Contains(Mark, StringComparison.Ordinal);

    /// <inheritdoc cref="AreIn(ReadOnlySpan{char})"/>
    internal static bool AreIn(ReadOnlySpan<byte> proofreading) => proofreading.IndexOf("sha256:"u8) >= 0;

    /// <summary>The lines of 校对信息; blank ones, and those that say that there is none, are no lines.</summary>
    /// <param name="proofreading">校对信息</param>
    /// <param name="hash">Of what the file says now; called when a line has a hash to compare.</param>
    internal static ImmutableArray<SignOff> In(SectionText proofreading, Func<string> hash)
    {
        if (proofreading.Text.Length == 0)
        {
            return [];
        }

        var lines = ImmutableArray.CreateBuilder<SignOff>();
        var (number, now) = (proofreading.BodyLine, new Lazy<string>(hash));
        foreach (var line in proofreading.Text.Split('\n'))
        {
            if (!string.IsNullOrWhiteSpace(line) && !Vocabulary.Default.SaysNone(line))
            {
                var signOff = Parse(line, number);
                lines.Add(signOff.State == SignOffState.Current && signOff.Hash != now.Value ? signOff with { State = SignOffState.Stale } : signOff);
            }

            number++;
        }

        return lines.ToImmutable();
    }

    /// <summary>The line as it is written.</summary>
    internal static string Write(string reviewer, DateOnly date, string hash) => $"{reviewer}, {date.ToString(DateForm, CultureInfo.InvariantCulture)}, {Mark}{hash}";

    /// <summary>Whether two names are one reviewer's: letter case, blanks and character forms do not count.</summary>
    internal static bool IsOf(string reviewer, string other) => Vocabulary.Fold(reviewer) == Vocabulary.Fold(other);

    // Whether it is current is for the caller to find.
    private static SignOff Parse(string line, int number)
    {
        var rest = line.AsSpan().Trim();
        rest = rest.Length > 1 && rest[0] is '-' or '*' or '+' && rest[1] is ' ' or '\t' ? rest[1..].TrimStart() : rest;
        var mark = rest.LastIndexOf(Mark, StringComparison.Ordinal);
        if (mark < 0)
        {
            return new SignOff(rest.ToString(), "", "", SignOffState.Unbound, number);
        }

        var hash = rest[(mark + Mark.Length)..];
        var before = rest[..mark];
        return ReviewHash.IsOne(hash) && EndsWithComma(ref before) && EndsWithDate(ref before, out var date) && EndsWithComma(ref before) && before.Length > 0
            ? new SignOff(before.ToString(), date, hash.ToString(), SignOffState.Current, number)
            : new SignOff(rest.ToString(), "", "", SignOffState.Unreadable, number);
    }

    private static bool EndsWithComma(ref ReadOnlySpan<char> text)
    {
        var trimmed = text.TrimEnd();
        if (trimmed is not [.. var before, ',' or '，'])
        {
            return false;
        }

        text = before.TrimEnd();
        return true;
    }

    private static bool EndsWithDate(ref ReadOnlySpan<char> text, out string date)
    {
        date = text.Length > DateForm.Length ? text[^DateForm.Length..].ToString() : "";
        if (!DateOnly.TryParseExact(date, DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            return false;
        }

        text = text[..^DateForm.Length];
        return true;
    }
}
