using System.Buffers.Binary;
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
internal sealed record SplitAssignment(Split[] Splits, string[] Groups);

/// <summary>
/// Assigns groups to splits. A group's split depends on the seed and on the group's identity (its smallest id) alone, so other groups may
/// come and go; the ratio holds in expectation. Only the minimum of one group a split looks at other groups.
/// </summary>
internal static class Splitter
{
    /// <param name="members">What is to be assigned.</param>
    /// <param name="groups">Which members must share a split.</param>
    /// <param name="ratio">The shares of the splits.</param>
    /// <param name="seed">Another seed, another assignment.</param>
    /// <param name="diagnostics">Gets contradictory pins and moved groups; null where there are no groups and splits may be empty.</param>
    public static SplitAssignment Assign(ReadOnlySpan<SplitMember> members, DisjointSets groups, SplitRatio ratio, string seed, DiagnosticBag? diagnostics)
    {
        var groupOf = new int[members.Length];
        var found = new List<Group>(members.Length);
        for (var i = 0; i < members.Length; i++)
        {
            // The root of a set is its smallest index, so it comes first.
            var root = groups.Find(i);
            groupOf[i] = root == i ? found.Count : groupOf[root];
            if (root == i)
            {
                found.Add(new Group(members[i].Id));
            }

            found[groupOf[i]].Add(i, members, diagnostics);
        }

        Chunks.For(found.Count, new ParallelOptions { TaskScheduler = TaskScheduler.Default }, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                found[i].Split = found[i].Pin ?? ratio.Of(Fraction(seed, "", found[i].Identity));
            }
        });
        if (diagnostics is not null)
        {
            FillEmptySplits(found, ratio, seed, diagnostics);
        }

        var (splits, names) = (new Split[groupOf.Length], new string[groupOf.Length]);
        for (var i = 0; i < groupOf.Length; i++)
        {
            (splits[i], names[i]) = (found[groupOf[i]].Split, found[groupOf[i]].Identity);
        }

        return new SplitAssignment(splits, names);
    }

    /// <summary>A number in [0, 1) that depends on the three texts alone: the first 53 bits of their SHA-256.</summary>
    public static double Fraction(string seed, string purpose, string identity)
    {
        const int Usual = 512;
        var most = Encoding.UTF8.GetMaxByteCount(seed.Length + purpose.Length + identity.Length + 2);
        var text = most <= Usual ? stackalloc byte[Usual] : new byte[most];
        var length = Encoding.UTF8.GetBytes(seed, text);
        text[length++] = (byte)'\n';
        length += Encoding.UTF8.GetBytes(purpose, text[length..]);
        text[length++] = (byte)'\n';
        length += Encoding.UTF8.GetBytes(identity, text[length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }

    private static void FillEmptySplits(List<Group> groups, SplitRatio ratio, string seed, DiagnosticBag diagnostics)
    {
        const int FewestGroups = 3;
        foreach (var empty in Splits.All.Where(s => ratio[s] > 0 && !groups.Exists(g => g.Split == s)).ToArray())
        {
            var donor = groups.GroupBy(g => g.Split).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).FirstOrDefault(g => g.Count() > 1 && g.Any(m => m.Pin is null))?.Key;
            var moved = groups.Where(g => g.Split == donor && g.Pin is null).MinBy(g => (Fraction(seed, empty.Name(), g.Identity), g.Identity));
            if (groups.Count >= FewestGroups && moved is not null)
            {
                moved.Split = empty;
                diagnostics.Add(Rule.SplitMinimum, Location.None, empty.Name(), moved.Identity, donor!.Value.Name(), groups.Count.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    private sealed class Group(string identity)
    {
        private int _pinnedBy;

        public string Identity { get; private set; } = identity;

        public Split? Pin { get; private set; }

        public Split Split { get; set; }

        public void Add(int member, ReadOnlySpan<SplitMember> members, DiagnosticBag? diagnostics)
        {
            if (string.CompareOrdinal(members[member].Id, Identity) < 0)
            {
                Identity = members[member].Id;
            }

            if (members[member].Pin is not { } pin)
            {
                return;
            }

            if (Pin is null)
            {
                (Pin, _pinnedBy) = (pin, member);
            }
            else if (Pin != pin)
            {
                var first = members[_pinnedBy];
                diagnostics?.Add(Rule.PinConflict, members[member].PinLocation, pin.Name(), Pin.Value.Name(), first.Id, first.PinLocation.Line);
            }
        }
    }
}
