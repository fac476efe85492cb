using System.Collections.Immutable;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>What the project publishes on purpose: literal texts, or <c>*</c> and an ending, such as <c>*.example.cn</c> for a domain and all below it.</summary>
internal sealed class AllowedContent(ImmutableArray<string> entries)
{
    public bool Allows(ReadOnlySpan<char> passage)
    {
        foreach (var entry in entries)
        {
            var ending = entry.AsSpan(1);
            if (entry[0] != '*' ? passage.Equals(entry, StringComparison.OrdinalIgnoreCase)
                : passage.EndsWith(ending, StringComparison.OrdinalIgnoreCase)
                    || (ending is ['.', ..] && passage.EndsWith(ending[1..], StringComparison.OrdinalIgnoreCase) && passage[..^(ending.Length - 1)] is [.., '@']))
            {
                return true;
            }
        }

        return false;
    }
}
