using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Splitting;

/// <summary>What the splitter needs to know of a unit or document.</summary>
/// <param name="Id">Unique.</param>
/// <param name="File">Where it stands.</param>
/// <param name="FrontMatter">May pin it.</param>
internal readonly record struct SplitMember(string Id, SourceFile File, FrontMatter FrontMatter)
{
    /// <summary>The split its front matter asks for.</summary>
    public Split? Pin => FrontMatter.Split;

    /// <summary>Where it asks.</summary>
    public Location PinLocation
    {
        get
        {
            var (line, column) = FrontMatter.PlaceOf("#/split");
            return new Location(File.FullPath, line, column);
        }
    }
}

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
    public static SplitAssignment Assign(SplitMember[] members, DisjointSets groups, SplitRatio ratio, string seed, DiagnosticBag? diagnostics)
    {
        var found = new Groups(members, groups, diagnostics);
        var splits = new Split[members.Length];
        Chunks.For(members.Length, new ParallelOptions { TaskScheduler = TaskScheduler.Default }, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                splits[i] = found.Root[i] == i ? found.Pin(i) ?? ratio.Of(Fraction(seed, "", found.Identity(i))) : default;
            }
        });
        if (diagnostics is not null)
        {
            FillEmptySplits(found, splits, ratio, seed, diagnostics);
        }

        var names = new string[members.Length];
        for (var i = 0; i < members.Length; i++)
        {
            (splits[i], names[i]) = (splits[found.Root[i]], found.Identity(found.Root[i]));
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

    private static void FillEmptySplits(Groups groups, Split[] splits, SplitRatio ratio, string seed, DiagnosticBag diagnostics)
    {
        const int FewestGroups = 3;
        var count = new int[Splits.All.Length];
        foreach (var root in groups.Roots)
        {
            count[(int)splits[root]]++;
        }

        foreach (var empty in Splits.All)
        {
            if (ratio[empty] == 0 || count[(int)empty] > 0 || groups.Count < FewestGroups)
            {
                continue;
            }

            // The largest that can give one away.
            Split? donor = null;
            foreach (var split in Splits.All)
            {
                var gives = count[(int)split] > 1 && groups.Roots.Any(r => splits[r] == split && groups.Pin(r) is null);
                donor = gives && (donor is not { } other || count[(int)split] > count[(int)other]) ? split : donor;
            }

            if (donor is { } from)
            {
                var moved = groups.Roots.Where(r => splits[r] == from && groups.Pin(r) is null).MinBy(r => (Fraction(seed, empty.Name(), groups.Identity(r)), groups.Identity(r)));
                (splits[moved], count[(int)from], count[(int)empty]) = (empty, count[(int)from] - 1, 1);
                diagnostics.Add(Rule.SplitMinimum, Location.None, empty.Name(), groups.Identity(moved), from.Name(), groups.Count.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>The groups, each by its root: the smallest index of a member. In arrays, since a large KB has nearly as many groups as members.</summary>
    private sealed class Groups
    {
        private readonly SplitMember[] _members;
        private readonly int[] _first; // the member with the smallest id
        private readonly int[] _pinnedBy; // plus 1; 0 is nobody

        public Groups(SplitMember[] members, DisjointSets sets, DiagnosticBag? diagnostics)
        {
            (_members, Root, _first, _pinnedBy) = (members, new int[members.Length], new int[members.Length], new int[members.Length]);
            for (var i = 0; i < members.Length; i++)
            {
                var root = Root[i] = sets.Find(i);
                Count += root == i ? 1 : 0;
                _first[root] = root == i || string.CompareOrdinal(members[i].Id, Identity(root)) < 0 ? i : _first[root];
                if (members[i].Pin is not { } pin)
                {
                    continue;
                }

                if (_pinnedBy[root] == 0)
                {
                    _pinnedBy[root] = i + 1;
                }
                else if (Pin(root) is { } other && other != pin)
                {
                    var first = members[_pinnedBy[root] - 1];
                    diagnostics?.Add(Rule.PinConflict, members[i].PinLocation, pin.Name(), other.Name(), first.Id, first.PinLocation.Line);
                }
            }
        }

        /// <summary>For each member the root of its group.</summary>
        public int[] Root { get; }

        public int Count { get; }

        public IEnumerable<int> Roots
        {
            get
            {
                for (var i = 0; i < Root.Length; i++)
                {
                    if (Root[i] == i)
                    {
                        yield return i;
                    }
                }
            }
        }

        /// <summary>What names a group: its smallest id.</summary>
        public string Identity(int root) => _members[_first[root]].Id;

        public Split? Pin(int root) => _pinnedBy[root] > 0 ? _members[_pinnedBy[root] - 1].Pin : null;
    }
}
