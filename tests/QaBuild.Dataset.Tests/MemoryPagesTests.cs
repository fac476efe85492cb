namespace QaBuild.Dataset.Tests;

public sealed class MemoryPagesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(10_000_000)]
    public void Memory_holds_what_it_held(int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(7);
        MemoryPages.Enlarge(bytes);
        MemoryPages.EnlargeBehind(bytes, length);
        Assert.DoesNotContain(bytes, b => b != 7);
    }
}
