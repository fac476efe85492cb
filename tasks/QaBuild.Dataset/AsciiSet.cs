namespace QaBuild.Dataset;

/// <summary>
/// Characters of ASCII that short texts are searched for. The framework's SearchValues are quicker in long ones, and are compiled for the processor when a
/// process uses them first, which takes a build longer than all such searches.
/// </summary>
/// <param name="characters">The members.</param>
internal sealed class AsciiSet(string characters)
{
    private readonly bool[] _members = Members(characters);

    public bool Contains(char c) => c < _members.Length && _members[c];

    /// <summary>Where the first member stands; -1 when there is none.</summary>
    public int First(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (Contains(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>How many members a text begins with.</summary>
    public int Leading(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && Contains(text[length]))
        {
            length++;
        }

        return length;
    }

    /// <summary>How many members a text ends with.</summary>
    public int Trailing(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && Contains(text[^(length + 1)]))
        {
            length++;
        }

        return length;
    }

    private static bool[] Members(string characters)
    {
        var members = new bool[128];
        foreach (var c in characters)
        {
            members[c] = true;
        }

        return members;
    }
}
