namespace QaBuild.Dataset.Tests;

public sealed class ChunksTests
{
    private static readonly ParallelOptions Several = new() { MaxDegreeOfParallelism = 4 };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(5_000)]
    public void Each_item_is_in_one_range(int count)
    {
        var times = new int[count];
        Chunks.For(count, Several, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                Interlocked.Increment(ref times[i]);
            }
        });
        Assert.All(times, t => Assert.Equal(1, t));
    }

    [Fact]
    public void A_loop_may_run_within_another()
    {
        var sum = 0;
        Chunks.Each(10, Several, i => Chunks.Each(10, Several, j => Interlocked.Add(ref sum, (10 * i) + j)));
        Assert.Equal(99 * 100 / 2, sum);
    }

    [Fact]
    public void What_is_thrown_ends_the_loop_and_reaches_the_caller()
    {
        var begun = 0;
        var thrown = Assert.Throws<AggregateException>(() => Chunks.Each(1_000_000, Several, i =>
        {
            Interlocked.Increment(ref begun);
            throw new InvalidDataException("it");
        }));
        Assert.All(thrown.InnerExceptions, e => Assert.Equal("it", Assert.IsType<InvalidDataException>(e).Message));
        Assert.InRange(begun, 1, Several.MaxDegreeOfParallelism);
    }

    [Fact]
    public void A_cancelled_loop_says_so()
    {
        using var cancellation = new CancellationTokenSource();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellation.Token };
        Assert.ThrowsAny<OperationCanceledException>(() => Chunks.Each(1_000_000, options, i => cancellation.Cancel()));
        Assert.ThrowsAny<OperationCanceledException>(() => Chunks.Each(0, options, i => Assert.Fail("begun")));
    }
}
