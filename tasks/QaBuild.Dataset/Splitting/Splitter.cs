using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Splitting;

/// <summary>What the splitter needs to know of a unit or document.</summary>
/// <param name="Id">Unique.</param>
/// <param name="Pin">The split its front matter asks for.</param>
/// <param name="PinLocation">Where the pin stands.</param>
internal readonly record struct SplitMember(string Id, Split? Pin, Location PinLocation);

/// <summary>The split of every member, and the name of the group that decided it.</summary>
internal sealed record SplitAssignment(ImmutableArray<Split> Splits, ImmutableArray<string> Groups);

/// <summary>
/// Assigns groups to splits. A group's split depends on the seed and on the group's identity (its smallest id) alone, so other groups may
/// come and go; the ratio holds in expectation. Only the minimum of one group a split looks at other groups.
/// </summary>
internal static class Splitter
{
    public static SplitAssignment Assign(ReadOnlySpan<SplitMember> members, DisjointSets groups, SplitRatio ratio, string seed, DiagnosticBag diagnostics)
    {
        var identity = new Dictionary<int, string>();
        var pins = new Dictionary<int, (Split Split, int Member)>();
        for (var i = 0; i < members.Length; i++)
        {
            var root = groups.Find(i);
            if (!identity.TryGetValue(root, out var smallest) || string.CompareOrdinal(members[i].Id, smallest) < 0)
            {
                identity[root] = members[i].Id;
            }

            if (members[i].Pin is not { } pin)
            {
                continue;
            }

            if (pins.TryAdd(root, (pin, i)) || pins[root].Split == pin)
            {
                continue;
            }

            var first = members[pins[root].Member];
            diagnostics.Add(Rule.PinConflict, members[i].PinLocation, pin.Name(), first.Pin!.Value.Name(), first.Id, first.PinLocation.Line);
        }

        var splits = identity.ToDictionary(g => g.Key, g => pins.TryGetValue(g.Key, out var pin) ? pin.Split : ratio.Of(Fraction(seed, "", g.Value)));
        FillEmptySplits(splits, identity, pins, ratio, seed, diagnostics);

        var split = ImmutableArray.CreateBuilder<Split>(members.Length);
        var group = ImmutableArray.CreateBuilder<string>(members.Length);
        for (var i = 0; i < members.Length; i++)
        {
            var root = groups.Find(i);
            split.Add(splits[root]);
            group.Add(identity[root]);
        }

        return new SplitAssignment(split.DrainToImmutable(), group.DrainToImmutable());
    }

    /// <summary>A number in [0, 1) that depends on the three texts alone: the first 53 bits of their SHA-256.</summary>
    public static double Fraction(string seed, string purpose, string identity)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{purpose}\n{identity}"), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }

    private static void FillEmptySplits(
        Dictionary<int, Split> splits, Dictionary<int, string> identity, Dictionary<int, (Split Split, int Member)> pins, SplitRatio ratio, string seed, DiagnosticBag diagnostics)
    {
        const int FewestGroups = 3;
        foreach (var empty in Splits.All.Where(s => ratio[s] > 0 && !splits.ContainsValue(s)).ToArray())
        {
            var donor = splits.Values.GroupBy(s => s).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).FirstOrDefault(g => g.Count() > 1)?.Key;
            var movable = splits.Where(g => g.Value == donor && !pins.ContainsKey(g.Key)).ToArray();
            if (splits.Count < FewestGroups || movable.Length == 0)
            {
                continue;
            }

            var moved = movable.MinBy(g => (Fraction(seed, empty.Name(), identity[g.Key]), identity[g.Key])).Key;
            splits[moved] = empty;
            diagnostics.Add(Rule.SplitMinimum, Location.None, empty.Name(), identity[moved], donor!.Value.Name(), splits.Count.ToString(CultureInfo.InvariantCulture));
        }
    }
}
