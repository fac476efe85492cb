using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>
/// Finds passwords in connection strings: <c>scheme://user:password@host</c>; <c>password=</c> on a line that also names a host, user or database, as those
/// of libpq, JDBC and ADO do; and environment variables such as <c>PGPASSWORD=</c>.
/// Documentation writes such strings with stopgaps. A value counts as a password when it has at least 8 characters, letters and also digits or marks, and, once
/// digits and marks that stand for letters are read as those, none of the words that stopgaps are made of.
/// </summary>
internal static class ConnectionPassword
{
    private const int Longest = 128;
    private const string AuthorityEnd = "/?# \t\n\"'`<>，。；）", ValueEnd = " \t\n\"'`;&,)]}<>，。；）";

    private static readonly PhraseTable Neighbours = new((Marks.Secret,
        ["host=", "server=", "user=", "username=", "uid=", "user id=", "dbname=", "database=", "data source=", "port=", "jdbc:"]));

    private static readonly PhraseTable Stopgaps = new((Marks.Secret,
        ["pass", "pwd", "secret", "example", "change", "your", "dummy", "sample", "test", "demo", "foo", "hunter", "postgres", "mysql", "root", "admin", "user", "qwerty", "letmein",
            "welcome", "abc", "xyz", "xxx", "tiger", "todo", "replace", "strong", "random", "hidden", "redacted", "word", "name", "value", "config", "environ"]));

    /// <summary>Whether a password belongs to the mark at <paramref name="at"/>.</summary>
    public static bool At(ReadOnlySpan<char> text, int at, out Sensitive found)
    {
        found = default;
        var (start, length) = text[at] == ':' ? InAddress(text, at + 3) : InPair(text, at);
        if (length == 0 || !IsReal(text.Slice(start, length)))
        {
            return false;
        }

        found = new Sensitive(Rule.Secret, "SecretPassword", start, length);
        return true;
    }

    private static (int Start, int Length) InAddress(ReadOnlySpan<char> text, int start)
    {
        var authority = text.Slice(start, Math.Min(text.Length - start, 2 * Longest));
        authority = Before(AuthorityEnd, authority);
        var at = authority.LastIndexOf('@');
        var colon = at < 0 ? -1 : authority[..at].IndexOf(':');
        return colon < 0 ? default : (start + colon + 1, at - colon - 1);
    }

    private static (int Start, int Length) InPair(ReadOnlySpan<char> text, int at)
    {
        var keyEnd = at;
        while (keyEnd < text.Length && keyEnd - at <= Longest && char.IsAsciiLetter(text[keyEnd]))
        {
            keyEnd++;
        }

        var start = keyEnd;
        while (start < text.Length && start - keyEnd < 2 && text[start] == ' ')
        {
            start++;
        }

        if (start >= text.Length || text[start] != '=' || (!IsVariable(text, at, keyEnd) && !HasNeighbour(text, at)))
        {
            return default;
        }

        start++;
        while (start < text.Length && start - keyEnd < 4 && text[start] == ' ')
        {
            start++;
        }

        var value = text.Slice(start, Math.Min(text.Length - start, Longest));
        if (value is ['"' or '\'', ..])
        {
            var close = value[1..].IndexOf(value[0]);
            return close < 0 ? default : (start + 1, close);
        }

        value = Before(ValueEnd, value);

        // Without quotes, a bracket makes it an expression of a program.
        return value.ContainsAny('(', '[') ? default : (start, value.Length);
    }

    private static ReadOnlySpan<char> Before(ReadOnlySpan<char> ends, ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && !ends.Contains(text[length]))
        {
            length++;
        }

        return text[..length];
    }

    private static bool IsVariable(ReadOnlySpan<char> text, int at, int end) =>
        at > 0 && (char.IsAsciiLetterUpper(text[at - 1]) || text[at - 1] == '_') && !text[at..end].ContainsAnyInRange('a', 'z');

    private static bool HasNeighbour(ReadOnlySpan<char> text, int at)
    {
        const int Around = 300;
        var before = text[Math.Max(0, at - Around)..at];
        before = before[(before.LastIndexOf('\n') + 1)..];
        var after = text.Slice(at, Math.Min(text.Length - at, Around));
        after = after.IndexOf('\n') is >= 0 and var end ? after[..end] : after;
        return Neighbours.First(before) >= 0 || Neighbours.First(after) >= 0;
    }

    private static bool IsReal(ReadOnlySpan<char> value)
    {
        const int Shortest = 8;
        if (value.Length is < Shortest or > Longest || value[0] is '$' or '%' or '{' or '[' or '(' or '*' or '.' or '<' || value.ContainsAnyExceptInRange('!', '~') || value.Contains("${", StringComparison.Ordinal))
        {
            return false;
        }

        Span<char> plain = stackalloc char[Longest], read = stackalloc char[Longest];
        int letters = 0, others = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var c = char.ToLowerInvariant(value[i]);
            plain[i] = c;
            read[i] = c switch { '@' or '4' => 'a', '0' => 'o', '1' or '!' => 'i', '3' => 'e', '$' or '5' => 's', _ => c };
            letters += char.IsAsciiLetter(c) ? 1 : 0;
            others += char.IsAsciiLetter(c) || c is '_' or '.' or '-' ? 0 : 1;
        }

        plain = plain[..value.Length];
        return letters > 0 && others > 0 && Stopgaps.First(plain) < 0 && Stopgaps.First(read[..value.Length]) < 0 && plain.IndexOf("1234") < 0 && IsVaried(plain);
    }

    private static bool IsVaried(ReadOnlySpan<char> value)
    {
        const int FewestKinds = 5;
        var kinds = 0;
        for (var i = 0; i < value.Length && kinds < FewestKinds; i++)
        {
            kinds += value[..i].Contains(value[i]) ? 0 : 1;
        }

        return kinds >= FewestKinds;
    }
}
