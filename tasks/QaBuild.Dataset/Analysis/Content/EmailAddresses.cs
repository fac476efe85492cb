using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Finds e-mail addresses of people: not those reserved for examples (RFC 2606), not those of offices (RFC 2142), and not made-up ones.</summary>
internal sealed class EmailAddresses : ISensitiveFinder
{
    private const int LongestLocal = 64, LongestDomain = 253;
    private static readonly AsciiSet LocalPart = new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-");
    private static readonly AsciiSet Domain = new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");

    // A file's ending is no domain: image@2x.png, main@latest.js.
    private static readonly string[] NoDomains =
        ["test", "example", "invalid", "localhost", "local", "lan", "internal", "png", "jpg", "jpeg", "gif", "svg", "webp", "js", "ts", "css", "html", "json", "md", "py", "service", "so", "dll", "sql", "txt"];

    private static readonly string[] Offices =
    [
        "noreply", "no-reply", "donotreply", "do-not-reply", "info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster", "hostmaster", "webmaster", "www", "news",
        "admin", "administrator", "contact", "help", "office", "service", "services", "press", "jobs", "careers", "hr", "feedback", "hello", "team", "alerts", "offers", "promotions", "notifications", "newsletter", "git", "root", "postgres",
    ];

    private static readonly string[] MadeUpNames = ["example", "test", "domain", "company", "email", "foo", "bar", "abc", "xyz", "xxx", "website"];

    private static readonly string[] MadeUpLocals =
    [
        "example", "test", "tester", "user", "username", "name", "firstname.lastname", "first.last", "email", "emailaddress", "mail", "mailbox", "foo", "bar", "abc", "xyz", "xxx", "someone", "somebody",
        "sender", "receiver", "recipient", "customer", "me", "you",
        "johndoe", "john.doe", "john_doe", "jdoe", "j.doe", "janedoe", "jane.doe", "jane_doe", "johnsmith", "john.smith", "jsmith", "zhangsan", "lisi", "wangwu",
    ];

    public Marks Mark => Marks.At;

    public bool Find(ReadOnlySpan<char> text, int from, out Sensitive found)
    {
        for (int next = from, at; (at = text[next..].IndexOf('@')) >= 0; next += at + 1)
        {
            if (At(text, from, next + at, out found))
            {
                return true;
            }
        }

        found = default;
        return false;
    }

    private static bool At(ReadOnlySpan<char> text, int from, int at, out Sensitive found)
    {
        found = default;
        var before = text[Math.Max(from, at - LongestLocal - 1)..at];
        var local = before[^LocalPart.Trailing(before)..].TrimStart(".-%+_");
        var after = text.Slice(at + 1, Math.Min(text.Length - at - 1, LongestDomain + 1));
        var domain = after[..Domain.Leading(after)].TrimEnd(".-");
        var start = at - local.Length;
        if (local.Length is 0 or > LongestLocal || domain.Length > LongestDomain || !IsDomain(domain) || IsUserInfo(text[..start]) || IsAllowed(local, domain))
        {
            return false;
        }

        found = new Sensitive(Rule.ContactData, "ContactEmail", start, local.Length + 1 + domain.Length);
        return true;
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var top = domain[(domain.LastIndexOf('.') + 1)..];
        return top.Length is >= 2 and <= 24 && top.Length < domain.Length && domain[0] is not ('.' or '-') && domain.IndexOf("..") < 0 && !top.ContainsAnyExceptInRange('A', 'z') && !Any(NoDomains, top);
    }

    // In scheme://user:password@host what stands before the @ is no mailbox, nor is it in a path.
    private static bool IsUserInfo(ReadOnlySpan<char> before)
    {
        const int Around = 200;
        var near = before[^Math.Min(before.Length, Around)..];
        near = near[(near.LastIndexOfAny(' ', '\t', '\n') + 1)..];
        return near is [.., '/'] || near.IndexOf("://") >= 0;
    }

    private static bool IsAllowed(ReadOnlySpan<char> local, ReadOnlySpan<char> domain)
    {
        var names = domain[..domain.LastIndexOf('.')];
        foreach (var range in names.Split('.'))
        {
            if (IsMadeUp(names[range], MadeUpNames))
            {
                return true;
            }
        }

        return Any(Offices, local) || IsMadeUp(local.TrimEnd("0123456789").TrimEnd("_-."), MadeUpLocals) || local.IndexOfAnyExcept(local[0]) < 0 || domain.StartsWith("lists.", StringComparison.OrdinalIgnoreCase);
    }

    // your_name, my-company, somedomain
    private static bool IsMadeUp(ReadOnlySpan<char> name, string[] words) =>
        Any(words, name) || name.StartsWith("your", StringComparison.OrdinalIgnoreCase) || name.StartsWith("example", StringComparison.OrdinalIgnoreCase)
        || (Possessive(name) is > 0 and var length && (name[length] is '_' or '-' or '.' || Any(words, name[length..])));

    private static int Possessive(ReadOnlySpan<char> name)
    {
        var length = name.StartsWith("my", StringComparison.OrdinalIgnoreCase) ? 2 : name.StartsWith("some", StringComparison.OrdinalIgnoreCase) ? 4 : 0;
        return length < name.Length ? length : 0;
    }

    private static bool Any(string[] words, ReadOnlySpan<char> text)
    {
        foreach (var word in words)
        {
            if (text.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
