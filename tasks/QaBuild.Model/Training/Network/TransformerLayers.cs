using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <content>One layer, forward and backward.</content>
public sealed unsafe partial class Transformer
{
    /// <summary>From the layer's input to the next one's.</summary>
    internal void ForwardLayer(int layer, Pass pass)
    {
        ForwardAttention(layer, pass);
        ForwardFeed(layer, pass, pass.Number, output: true);
    }

    private void ForwardAttention(int layer, Pass pass)
    {
        var (rows, kept, linears) = (pass.Rows, Space.Layer(layer), _linears[layer]);
        var x = Space.Input(layer).Pointer;
        Norm(layer, NormKind.Attention, x, rows, Space.Normed.Pointer);
        linears[(int)LinearKind.Query].Forward(Space.Normed.Pointer, rows, kept.Query.Pointer, kept, pass.Number);
        linears[(int)LinearKind.Key].Forward(Space.Normed.Pointer, rows, kept.Key.Pointer, kept, pass.Number);
        var k = pass.Memory is { } memory ? memory.Keys(layer) : Space.Key.Pointer;
        var v = pass.Memory is { } values ? values.Values(layer) : kept.Value.Pointer;
        var fresh = pass.Memory is { } past ? (nint)past.Length * Shape.KeyWidth : 0;
        linears[(int)LinearKind.Value].Forward(Space.Normed.Pointer, rows, v + fresh, kept, pass.Number);
        Turn(layer, NormKind.Query, kept.Query.Pointer, pass, Shape.Heads, Space.Query.Pointer);
        Turn(layer, NormKind.Key, kept.Key.Pointer, pass, Shape.KeyHeads, k + fresh);
        _attention.Forward(AttentionOf(layer), pass.Segments, Space.Query.Pointer, k, v, kept.Attended.Pointer, kept.Sums.Pointer);
        Join(layer, LinearKind.Output, NormKind.PostAttention, kept.Attended.Pointer, kept.Projected, x, pass, pass.Number, kept.Middle.Pointer);
    }

    private void ForwardFeed(int layer, Pass pass, long number, bool output)
    {
        var (rows, kept, linears) = (pass.Rows, Space.Layer(layer), _linears[layer]);
        Norm(layer, NormKind.FeedForward, kept.Middle.Pointer, rows, Space.Normed.Pointer);
        linears[(int)LinearKind.Gate].Forward(Space.Normed.Pointer, rows, kept.Gate.Pointer, kept, number);
        linears[(int)LinearKind.Up].Forward(Space.Normed.Pointer, rows, kept.Up.Pointer, kept, number);
        if (output || Keeps(layer))
        {
            GatedActivation.Forward(Workers, Shape.Activation, kept.Gate.Pointer, kept.Up.Pointer, (long)rows * Shape.FeedForward, Space.Gated.Pointer);
            Join(layer, LinearKind.Down, NormKind.PostFeedForward, Space.Gated.Pointer, kept.Fed, kept.Middle.Pointer, pass, number, output ? Space.Input(layer + 1).Pointer : Space.Normed.Pointer);
        }
    }

    /// <summary>Whether the backward needs something that only the last linear map of the layer leaves.</summary>
    private bool Keeps(int layer) => Shape.HasPostNorms || Adapter?.Adapter(layer, LinearKind.Down) is not null;

    /// <summary>sum = before + norm(linear(x)).</summary>
    private void Join(int layer, LinearKind kind, NormKind post, float* x, FloatBuffer? plain, float* before, Pass pass, long number, float* sum)
    {
        var length = (long)pass.Rows * Shape.Width;
        var y = plain is null ? sum : plain.Pointer;
        _linears[layer][(int)kind].Forward(x, pass.Rows, y, Space.Layer(layer), number);
        if (plain is not null)
        {
            Norm(layer, post, y, pass.Rows, sum);
        }

        Add(sum, before, length, sum);
    }

    private void Norm(int layer, NormKind kind, float* x, int rows, float* y)
        => RmsNorm.Forward(Workers, x, Layer(layer).Norms[(int)kind]!.Pointer, rows, Shape.Width, Shape.Epsilon, y);

    /// <summary>Norms heads where the architecture does, and turns them.</summary>
    private void Turn(int layer, NormKind kind, float* x, Pass pass, int heads, float* turned)
    {
        var numbers = (long)pass.Rows * heads * Shape.HeadSize;
        if (Layer(layer).Norms[(int)kind] is { } norm)
        {
            RmsNorm.Forward(Workers, x, norm.Pointer, pass.Rows * heads, Shape.HeadSize, Shape.Epsilon, turned);
        }
        else
        {
            System.Buffer.MemoryCopy(x, turned, numbers * sizeof(float), numbers * sizeof(float));
        }

        _rope.Turn(Workers, turned, pass.Rows, heads, pass.Positions, back: false);
    }

    /// <summary>From the gradient of the layer's output to that of its input, both in <see cref="Workspace.Slope"/>.</summary>
    private void BackwardLayer(int layer, Pass pass)
    {
        if (_options.Checkpoint)
        {
            ForwardAttention(layer, pass);
            ForwardFeed(layer, pass, pass.Number, output: false);
        }

        BackwardFeed(layer, pass);
        BackwardAttention(layer, pass);
    }

    private void BackwardFeed(int layer, Pass pass)
    {
        var (rows, kept, linears, space) = (pass.Rows, Space.Layer(layer), _linears[layer], Space);
        var numbers = (long)rows * Shape.FeedForward;
        GatedActivation.Forward(Workers, Shape.Activation, kept.Gate.Pointer, kept.Up.Pointer, numbers, space.Gated.Pointer);
        var dy = BackwardPost(layer, NormKind.PostFeedForward, kept.Fed, rows);
        linears[(int)LinearKind.Down].Backward(space.Gated.Pointer, dy, rows, space.SlopeWide!.Pointer, add: false, kept, pass.Number);
        GatedActivation.Backward(Workers, Shape.Activation, kept.Gate.Pointer, kept.Up.Pointer, space.SlopeWide.Pointer, numbers, space.SlopeWide.Pointer, space.SlopeUp!.Pointer);
        Norm(layer, NormKind.FeedForward, kept.Middle.Pointer, rows, space.Normed.Pointer);
        linears[(int)LinearKind.Gate].Backward(space.Normed.Pointer, space.SlopeWide.Pointer, rows, space.SlopeNormed!.Pointer, add: false, kept, pass.Number);
        linears[(int)LinearKind.Up].Backward(space.Normed.Pointer, space.SlopeUp.Pointer, rows, space.SlopeNormed.Pointer, add: true, kept, pass.Number);
        BackwardNorm(layer, NormKind.FeedForward, kept.Middle.Pointer, space.SlopeNormed.Pointer, rows, Shape.Width, space.Slope!.Pointer, add: true);
    }

    private void BackwardAttention(int layer, Pass pass)
    {
        var (rows, kept, linears, space) = (pass.Rows, Space.Layer(layer), _linears[layer], Space);
        var x = space.Input(layer).Pointer;
        var dy = BackwardPost(layer, NormKind.PostAttention, kept.Projected, rows);
        linears[(int)LinearKind.Output].Backward(kept.Attended.Pointer, dy, rows, space.SlopeAttended!.Pointer, add: false, kept, pass.Number);
        Turn(layer, NormKind.Query, kept.Query.Pointer, pass, Shape.Heads, space.Query.Pointer);
        Turn(layer, NormKind.Key, kept.Key.Pointer, pass, Shape.KeyHeads, space.Key.Pointer);
        _attention.Backward(
            AttentionOf(layer), pass.Segments, space.Query.Pointer, space.Key.Pointer, kept.Value.Pointer, kept.Attended.Pointer, kept.Sums.Pointer,
            space.SlopeAttended.Pointer, space.SlopeQuery!.Pointer, space.SlopeKey!.Pointer, space.SlopeValue!.Pointer);
        TurnBack(layer, NormKind.Query, kept.Query.Pointer, space.SlopeQuery.Pointer, pass, Shape.Heads);
        TurnBack(layer, NormKind.Key, kept.Key.Pointer, space.SlopeKey.Pointer, pass, Shape.KeyHeads);
        Norm(layer, NormKind.Attention, x, rows, space.Normed.Pointer);

        // Below the first trained layer nothing is trained: its inputs need no gradient, but its norm may.
        var needed = layer > Adapter!.FirstLayer || Adapter.Layer(layer) is not null;
        var dx = needed ? space.SlopeNormed!.Pointer : null;
        linears[(int)LinearKind.Query].Backward(space.Normed.Pointer, space.SlopeQuery.Pointer, rows, dx, add: false, kept, pass.Number);
        linears[(int)LinearKind.Key].Backward(space.Normed.Pointer, space.SlopeKey.Pointer, rows, dx, add: true, kept, pass.Number);
        linears[(int)LinearKind.Value].Backward(space.Normed.Pointer, space.SlopeValue.Pointer, rows, dx, add: true, kept, pass.Number);
        if (needed)
        {
            BackwardNorm(layer, NormKind.Attention, x, dx, rows, Shape.Width, space.Slope!.Pointer, add: true);
        }
    }

    private float* BackwardPost(int layer, NormKind kind, FloatBuffer? plain, int rows)
    {
        if (plain is null)
        {
            return Space.Slope!.Pointer;
        }

        BackwardNorm(layer, kind, plain.Pointer, Space.Slope!.Pointer, rows, Shape.Width, Space.SlopePost!.Pointer, add: false);
        return Space.SlopePost.Pointer;
    }

    private void TurnBack(int layer, NormKind kind, float* x, float* slope, Pass pass, int heads)
    {
        _rope.Turn(Workers, slope, pass.Rows, heads, pass.Positions, back: true);
        if (Layer(layer).Norms[(int)kind] is not null)
        {
            BackwardNorm(layer, kind, x, slope, pass.Rows * heads, Shape.HeadSize, slope, add: false);
        }
    }

    private void BackwardNorm(int layer, NormKind kind, float* x, float* dy, int rows, int columns, float* dx, bool add)
    {
        if (Adapter!.Layer(layer)?.Norms[(int)kind] is { } trained)
        {
            RmsNorm.Gradient(Workers, x, dy, rows, columns, Shape.Epsilon, trained.GradientBuffer.Pointer);
        }

        RmsNorm.Backward(Workers, x, Layer(layer).Norms[(int)kind]!.Pointer, dy, rows, columns, Shape.Epsilon, dx, add);
    }
}
