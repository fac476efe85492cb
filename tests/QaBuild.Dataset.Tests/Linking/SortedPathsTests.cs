namespace QaBuild.Dataset.Tests.Linking;

public sealed class SortedPathsTests
{
    [Fact]
    public void Each_path_is_found_from_wherever_the_search_begins_and_what_is_not_there_is_not()
    {
        for (var count = 0; count <= 40; count++)
        {
            for (var near = -1; near <= count; near++)
            {
                // Even numbers are there.
                for (var wanted = -1; wanted <= 2 * count; wanted++)
                {
                    Assert.Equal(wanted >= 0 && wanted < 2 * count && wanted % 2 == 0 ? wanted / 2 : -1, SortedPaths.Find(count, near, new Order(i => (2 * i) - wanted)));
                }
            }
        }
    }

    [Fact]
    public void A_neighbour_is_found_in_few_steps_whatever_the_length()
    {
        var steps = 0;
        SortedPaths.Find(1_000_000, 500_000, new Order(i =>
        {
            steps++;
            return i - 500_010;
        }));
        Assert.True(steps <= 8, $"{steps} steps");
    }

    private readonly struct Order(Func<int, int> compare) : IPathOrder
    {
        public int Compare(int place) => compare(place);
    }
}
