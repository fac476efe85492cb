namespace QaBuild.Dataset.Splitting;

/// <summary>Union-find over 0..count-1 with path halving.</summary>
internal sealed class DisjointSets
{
    private readonly int[] _parent;

    /// <param name="count">Members, each in a set of its own.</param>
    public DisjointSets(int count)
    {
        _parent = new int[count];
        for (var i = 0; i < count; i++)
        {
            _parent[i] = i;
        }
    }

    public int Find(int member)
    {
        while (_parent[member] != member)
        {
            member = _parent[member] = _parent[_parent[member]];
        }

        return member;
    }

    public void Join(int a, int b)
    {
        var (x, y) = (Find(a), Find(b));
        _parent[Math.Max(x, y)] = Math.Min(x, y);
    }
}
