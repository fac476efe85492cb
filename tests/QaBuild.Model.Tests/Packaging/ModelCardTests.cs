using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Gate;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging;

/// <summary>What a model card says, and that nothing a file says of itself becomes Markdown, HTML or YAML.</summary>
public sealed class ModelCardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_card_has_front_matter_files_origins_evaluation_and_the_gate_s_table()
    {
        var evaluation = _folder.Write("evaluation.json", """
            {"evaluatedRows": 5, "before": {"loss": 3.5, "exactMatch": 0, "rougeL": 0.1, "bleu": 0, "stopRate": 0.2}, "after": {"loss": 0.25, "exactMatch": 0.4, "rougeL": 0.75, "bleu": 0.5, "stopRate": 1}}
            """);
        GateQuestion[] questions = [new(1, true, [new ChatMessage("user", "Q?")], "Q?", "A.", "</s>"), new(3, false, [new ChatMessage("user", "R?")], "R?", "B.", "</s>")];
        GateAnswer[] answers = [new("A.", true), new("B", false)];
        var gate = new GateReport
        {
            Base = "tiny",
            Limits = new GateLimits(),
            Questions = questions,
            Hops =
            [
                new() { Kind = GateHopKind.Trainer, Name = "adapter-mlx", StopRate = 1, ExactMatch = 1, RougeL = 1, Drift = 0, Loss = 0.01, Answers = answers },
                new() { Kind = GateHopKind.Quantized, Name = "model-Q8_0.gguf", Failure = new GateFailure("", 0, 0, null, null, null, "GateUnreadable") },
                new() { Kind = GateHopKind.Ollama, Name = "mine" },
            ],
        };

        Snapshot.Match(Card("Mine", "What it is for.", evaluation, gate), "md");
    }

    [Fact]
    public void A_hostile_name_stays_text()
    {
        var card = Card("x\"\n---\n# [a](b) <script>|`*_", "<img src=x>\n\n# Heading", null, null);

        Assert.Contains("base_model: \"x\\\"\\n---\\n# [a](b) <script>|`*_\"\n", card, StringComparison.Ordinal);
        Assert.Contains("\n# x\" --- \\# \\[a\\](b) \\<script\\>\\|\\`\\*\\_\n", card, StringComparison.Ordinal);
        Assert.Contains("\\<img src=x\\>  \\# Heading\n", card, StringComparison.Ordinal);
        Assert.Equal(2, card.Split('\n').Count(l => l == "---"));
        Assert.Contains("packaged without being asked", card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checksums_are_those_that_sha256sum_checks()
    {
        var (b, a) = (_folder.Write("b.gguf", "b"), _folder.Write("sub/a.gguf", ""));

        var sums = await Checksums.OfAsync([b, a]);

        Assert.Equal(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.gguf\n3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b.gguf\n",
            System.Text.Encoding.UTF8.GetString(Checksums.ToBytes(sums)));
        Assert.Equal(ModelFaults.FileMalformed, (await Assert.ThrowsAsync<ModelFaultException>(() => Checksums.OfAsync([Path.Combine(_folder.Path, "gone")]))).Code);
    }

    private string Card(string name, string description, string? evaluation, GateReport? gate)
    {
        var writer = new GgufWriter();
        writer.Add("general.name", name);
        writer.Add("general.description", description);
        writer.Add("general.license", "MIT");
        writer.Add("general.finetune", "lora");
        writer.Add("general.base_model.0.name", name);
        writer.Add("qabuild.dataset.sha256", "d1");
        writer.Add("qabuild.recipe.sha256", "e2");
        var path = Path.Combine(_folder.Path, "fused.gguf");
        writer.WriteTo(path);
        using var file = GgufFile.Open(path);
        return ModelCard.Of(file, ["zh", "en"], [("fused.gguf", 2_000_000, "aa"), ("model-Q8_0.gguf", 1_000_000, "bb")], gate, evaluation, hasModelfile: true);
    }
}
