using System.Runtime.InteropServices;
using System.Text;
using QaBuild.Model.Kernels;
using QaBuild.Model.Training.Network;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Training;

public sealed class TransformerTests
{
    private static readonly Batch TwoSequences = new(
        TinyModel.Ids("tokens", 26),
        [.. TinyModel.Ids("targets", 26).Select((t, i) => i % 5 == 0 ? Batch.NoTarget : t)],
        [0, 15]);

    public static IEnumerable<object[]> Everything => from a in Enum.GetValues<ModelArchitecture>() from k in Enum.GetValues<AdapterKind>() select new object[] { a, k };

    [Theory]
    [MemberData(nameof(Everything))]
    public void Losses_are_those_of_the_arithmetic_in_doubles(ModelArchitecture architecture, AdapterKind kind)
    {
        using var run = new Trial(new TinyModel(architecture) { Tied = architecture != ModelArchitecture.Qwen3 }, new AdapterOptions { Kind = kind, Rank = 4, Scale = 2 });
        var expected = run.Reference.Losses(TwoSequences);

        var losses = run.Network.Loss(TwoSequences).Losses;

        Assert.Equal(expected.Length, losses.Count);
        Assert.All(losses.Zip(expected), p => Assert.Equal(p.Second, p.First, 2e-5 * (1 + Math.Abs(p.Second))));
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Gradients_are_differences_of_losses(ModelArchitecture architecture, AdapterKind kind)
    {
        using var run = new Trial(new TinyModel(architecture) { Tied = architecture != ModelArchitecture.Qwen3 }, new AdapterOptions { Kind = kind, Rank = 4, Scale = 2 });
        run.Reference.Frozen = run.Reference.Lengths();

        run.Network.LossAndGradients(TwoSequences, 0);

        Assert.NotEmpty(run.Adapter.Parameters);
        foreach (var parameter in run.Adapter.Parameters)
        {
            var values = run.Reference.Values[parameter.Name];
            var scale = Math.Sqrt(parameter.Gradient.ToArray().Sum(g => (double)g * g) / values.Length) + 1e-6;
            foreach (var index in new[] { 0, values.Length / 3, values.Length - 1 })
            {
                const double Step = 1e-5;
                var (kept, sides) = (values[index], new double[2]);
                for (var side = 0; side < 2; side++)
                {
                    values[index] = kept + (side == 0 ? -Step : Step);
                    sides[side] = run.Reference.Losses(TwoSequences).Average();
                }

                values[index] = kept;
                var expected = (sides[1] - sides[0]) / (2 * Step);
                Assert.True(Math.Abs(parameter.Gradient[index] - expected) < 2e-4 * Math.Max(scale, Math.Abs(expected)), $"{parameter.Name}[{index}]: {parameter.Gradient[index]} is not {expected}");
            }
        }
    }

    [Fact]
    public void A_step_is_PyTorchs_within_a_hundred_thousandth()
    {
        var expected = Dump(Repository.Path("tests", "QaBuild.Model.Tests", "Training", "torch_step.bin"));
        using var run = new Trial(new TinyModel(ModelArchitecture.Qwen2), new AdapterOptions { Rank = 4, Scale = 2 });
        var batch = new Batch(TinyModel.Ids("tokens", 26), TinyModel.Ids("targets", 26), [0, 13]);

        var loss = run.Network.LossAndGradients(batch, 0);

        Assert.Equal(expected["loss"][0], loss.Mean, 1e-5 * expected["loss"][0]);
        Assert.Equal(expected.Count - 1, run.Adapter.Parameters.Count);
        foreach (var parameter in run.Adapter.Parameters)
        {
            Assert.True(Distance(parameter.Gradient, expected[parameter.Name]) < 1e-5, $"{parameter.Name}: {Distance(parameter.Gradient, expected[parameter.Name])}");
        }
    }

    [Theory]
    [InlineData(AdapterKind.Lora)]
    [InlineData(AdapterKind.Dora)]
    [InlineData(AdapterKind.Full)]
    public void Threads_checkpoints_and_pieces_of_the_loss_change_no_bit(AdapterKind kind)
    {
        var options = new AdapterOptions { Kind = kind, Rank = 4, Scale = 2, Dropout = 0.25f };
        using var plain = new Trial(new TinyModel(ModelArchitecture.Gemma2), options, new TransformerOptions { Threads = 1 });
        using var other = new Trial(new TinyModel(ModelArchitecture.Gemma2), options, new TransformerOptions { Threads = 3, Checkpoint = true });

        var first = plain.Network.LossAndGradients(TwoSequences, 7);
        var second = other.Network.LossAndGradients(TwoSequences, 7);

        Assert.Equal(first.Losses, second.Losses);
        Assert.All(plain.Adapter.Parameters.Zip(other.Adapter.Parameters), p => Assert.Equal(p.First.Gradient.ToArray(), p.Second.Gradient.ToArray()));
    }

    [Fact]
    public void Logits_in_small_pieces_make_the_same_gradients()
    {
        using var whole = new Trial(new TinyModel(ModelArchitecture.Llama), new AdapterOptions());
        using var pieces = new Trial(new TinyModel(ModelArchitecture.Llama), new AdapterOptions(), new TransformerOptions { LossRows = 5 });

        whole.Network.LossAndGradients(TwoSequences, 0);
        pieces.Network.LossAndGradients(TwoSequences, 0);

        Assert.All(whole.Adapter.Parameters.Zip(pieces.Adapter.Parameters), p => Assert.True(Distance(p.First.Gradient, p.Second.Gradient.ToArray()) < 1e-6));
    }

    [Theory]
    [InlineData(AdapterKind.Lora)]
    [InlineData(AdapterKind.Dora)]
    public void With_dropout_the_loss_still_falls_along_the_gradient_as_fast_as_it_says(AdapterKind kind)
    {
        using var run = new Trial(new TinyModel(ModelArchitecture.Qwen3), new AdapterOptions { Kind = kind, Rank = 4, Scale = 2, Dropout = 0.3f });
        var without = run.Network.Loss(TwoSequences).Mean;
        var with = run.Network.LossAndGradients(TwoSequences, 3).Mean;
        // DoRA's lengths are constants to the gradient but not to the loss, so only magnitudes show the slope there.
        var moved = run.Adapter.Parameters.Where(p => kind == AdapterKind.Lora || p.Name.EndsWith(".magnitude", StringComparison.Ordinal)).Select(p => (p, p.Values.ToArray(), p.Gradient.ToArray())).ToArray();
        var steepness = moved.Sum(m => m.Item3.Sum(g => (double)g * g));
        var sides = new double[2];
        var step = (float)(1e-2 / Math.Sqrt(steepness));

        for (var side = 0; side < 2; side++)
        {
            foreach (var (parameter, values, gradient) in moved)
            {
                for (var i = 0; i < values.Length; i++)
                {
                    parameter.Values[i] = values[i] + ((side == 0 ? -step : step) * gradient[i]);
                }
            }

            sides[side] = run.Network.LossAndGradients(TwoSequences, 3).Mean;
        }

        Assert.NotEqual(without, with, 1e-4);
        Assert.Equal(steepness, (sides[1] - sides[0]) / (2 * step), 0.02 * steepness);
    }

    [Fact]
    public void Only_the_last_layers_are_trained_when_so_many_are_asked_for()
    {
        using var all = new Trial(new TinyModel(ModelArchitecture.Qwen2), new AdapterOptions { Rank = 4, Scale = 2 });
        using var last = new Trial(new TinyModel(ModelArchitecture.Qwen2), new AdapterOptions { Rank = 4, Scale = 2, Layers = 1 });
        foreach (var parameter in all.Adapter.Parameters.Where(p => p.Name.StartsWith("blk.0.", StringComparison.Ordinal)))
        {
            parameter.Values.Clear();
        }

        all.Network.LossAndGradients(TwoSequences, 0);
        last.Network.LossAndGradients(TwoSequences, 0);

        Assert.All(last.Adapter.Parameters, p => Assert.StartsWith("blk.1.", p.Name, StringComparison.Ordinal));
        Assert.All(last.Adapter.Parameters, p => Assert.Equal(all.Adapter.Parameters.Single(q => q.Name == p.Name).Gradient.ToArray(), p.Gradient.ToArray()));
    }

    [Fact]
    public void Shares_of_several_batches_add_up_to_the_gradient_of_their_mean()
    {
        using var run = new Trial(new TinyModel(ModelArchitecture.Llama), new AdapterOptions { Rank = 4, Scale = 2 });
        run.Network.LossAndGradients(TwoSequences, 0);
        var once = run.Adapter.Parameters.Select(p => p.Gradient.ToArray()).ToArray();
        run.Adapter.ClearGradients();

        run.Network.LossAndGradients(TwoSequences, 0, 0.25f);
        run.Network.LossAndGradients(TwoSequences, 0, 0.75f);

        Assert.All(run.Adapter.Parameters.Zip(once), p => Assert.True(Distance(p.First.Gradient, p.Second) < 1e-6));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_memory_that_is_planned_is_the_memory_that_is_taken(bool checkpoint)
    {
        var before = FloatBuffer.Taken;
        using var run = new Trial(new TinyModel(ModelArchitecture.Gemma2), new AdapterOptions(), new TransformerOptions { Checkpoint = checkpoint, Threads = 2 });
        using var optimizer = new AdamOptimizer(run.Adapter, new AdamOptions());

        var plan = run.Network.Reserve(TwoSequences.Tokens.Length, TwoSequences.Longest, optimizer);
        var reserved = FloatBuffer.Taken - before;
        run.Network.LossAndGradients(TwoSequences, 0);
        var used = FloatBuffer.Taken - before;

        Assert.InRange(used, reserved, plan.Total);
        Assert.True(plan.Trained + plan.Optimizer + plan.Activations + plan.Logits <= reserved);
        Assert.Equal(4 * run.Adapter.Count * sizeof(float), plan.Trained + plan.Optimizer);
    }

    [Fact]
    public void A_new_adapter_changes_no_logit()
    {
        using var folder = new TemporaryFolder();
        using var file = new TinyModel(ModelArchitecture.Qwen2).Open(folder.Path);
        using var weights = BaseWeights.Of(file);
        using var bare = new Transformer(weights);
        int[] tokens = TinyModel.Ids("tokens", 9);
        foreach (var kind in Enum.GetValues<AdapterKind>())
        {
            using var adapter = new AdapterWeights(weights, new AdapterOptions { Kind = kind });
            using var network = new Transformer(weights, adapter);
            Assert.All(bare.Logits(tokens).Zip(network.Logits(tokens)), p => Assert.Equal(p.First, p.Second, 1e-5f));
        }
    }

    [Theory]
    [InlineData(ModelArchitecture.Llama)]
    [InlineData(ModelArchitecture.Qwen3)]
    [InlineData(ModelArchitecture.Gemma2)]
    public void A_decoder_that_remembers_says_what_a_whole_pass_says(ModelArchitecture architecture)
    {
        using var run = new Trial(new TinyModel(architecture), new AdapterOptions { Kind = AdapterKind.Dora, Rank = 4, Scale = 2 });
        int[] prompt = TinyModel.Ids("tokens", 7);
        var expected = new List<int>(prompt);
        for (var i = 0; i < 12; i++)
        {
            var logits = run.Network.Logits(expected);
            var last = logits.AsSpan(logits.Length - TinyModel.Vocabulary).ToArray();
            expected.Add(Array.IndexOf(last, last.Max()));
        }

        using var decoder = run.Network.Decoder(40);
        var (tokens, stopped) = decoder.Continue(prompt, 12, new HashSet<int>());
        decoder.Rewind();
        var stop = expected.Skip(prompt.Length).TakeWhile(t => t != expected[^1]).ToArray();
        var (until, ended) = decoder.Continue(prompt, 12, new HashSet<int> { expected[^1] });

        Assert.Equal(expected.Skip(prompt.Length), tokens);
        Assert.False(stopped);
        Assert.Equal(stop, until);
        Assert.True(ended);
    }

    private static double Distance(ReadOnlySpan<float> found, float[] expected)
    {
        var (difference, length) = (0.0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow(found[i] - expected[i], 2);
            length += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(difference / length);
    }

    private static Dictionary<string, float[]> Dump(string path)
    {
        var found = new Dictionary<string, float[]>();
        using var reader = new BinaryReader(File.OpenRead(path));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var name = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32()));
            found[name] = MemoryMarshal.Cast<byte, float>(reader.ReadBytes(reader.ReadInt32() * sizeof(float))).ToArray();
        }

        return found;
    }

    /// <summary>A model, an adapter with numbers of its own, the network and the reference over both.</summary>
    private sealed class Trial : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly IDisposable _file;

        public Trial(TinyModel model, AdapterOptions options, TransformerOptions? how = null)
        {
            var file = model.Open(_folder.Path);
            _file = file;
            Weights = BaseWeights.Of(file);
            Adapter = new AdapterWeights(Weights, options);
            Reference = new ReferenceTransformer(model, options);
            foreach (var parameter in Adapter.Parameters)
            {
                if (options.Kind != AdapterKind.Full)
                {
                    var magnitude = parameter.Name.EndsWith(".magnitude", StringComparison.Ordinal);
                    TinyModel.Numbers(parameter.Name, parameter.Values.Length, 0.6f, magnitude ? 1 : 0).CopyTo(parameter.Values);
                }

                Reference.Values[parameter.Name] = Array.ConvertAll(parameter.Values.ToArray(), v => (double)v);
            }

            Network = new Transformer(Weights, Adapter, how);
        }

        public BaseWeights Weights { get; }

        public AdapterWeights Adapter { get; }

        public Transformer Network { get; }

        public ReferenceTransformer Reference { get; }

        public void Dispose()
        {
            Network.Dispose();
            Adapter.Dispose();
            Weights.Dispose();
            _file.Dispose();
            _folder.Dispose();
        }
    }
}
