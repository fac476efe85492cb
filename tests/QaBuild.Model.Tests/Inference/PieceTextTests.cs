using System.Text;
using QaBuild.Model.Inference;

namespace QaBuild.Model.Tests.Inference;

public sealed class PieceTextTests
{
    [Fact]
    public void A_character_that_lies_across_tokens_comes_out_once_and_whole()
    {
        var pieces = new List<string>();
        var text = new PieceText(pieces.Add);

        foreach (var b in Encoding.UTF8.GetBytes("a锁😀é"))
        {
            text.Add([b]);
        }

        Assert.Equal("a锁😀é", text.End());
        Assert.Equal(["a", "锁", "😀", "é"], pieces);
    }

    [Fact]
    public void Bytes_that_become_no_character_are_replaced()
    {
        var pieces = new List<string>();
        var text = new PieceText(pieces.Add);

        text.Add([(byte)'a', 0xFF, (byte)'b']);
        text.Add([0xE9]);

        Assert.Equal("a\uFFFDb\uFFFD", text.End());
        Assert.Equal("a\uFFFDb\uFFFD", string.Concat(pieces));
    }
}
