using QaBuild.Model.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Inference;

/// <summary>A real model: stories260K, with the text that its makers give for greedy sampling.</summary>
public sealed class StoriesTests
{
    private const string Model = "data/models/stories260K/stories260K.gguf";
    private const string Description = "data/models/stories260K/stories260K.md";

    [LlamaFact(Model)]
    public async Task Greedy_text_is_the_one_that_its_makers_give()
    {
        await using var llama = await Llama.Load(Repository.Shared(Model)!);

        var generation = await llama.GenerateAsync(Prompt.Raw("Once upon a time"), new GenerateOptions { MaxTokens = 200 });

        var expected = (await File.ReadAllTextAsync(Repository.Shared(Description)!)).Split("-t 0.0\n")[1];
        Assert.True(generation.Text.Length > 400, generation.Text);
        Assert.StartsWith("Once upon a time" + generation.Text, expected, StringComparison.Ordinal);
    }

    [LlamaFact(Model)]
    public async Task Logits_of_the_last_position_are_the_last_row_of_all()
    {
        await using var llama = await Llama.Load(Repository.Shared(Model)!, new LoadOptions { Exact = true });
        var ids = await llama.TokenizeAsync("One day, a dog ran", addSpecial: true, parseSpecial: false);

        var all = await llama.LogitsAsync(ids);
        var last = Assert.Single(await llama.LogitsAsync(ids, lastOnly: true));

        Assert.Equal(ids.Length, all.Length);
        Assert.All(all, r => Assert.Equal(512, r.Length));
        // One row is multiplied by another kernel than many are.
        Assert.All(all[^1].Zip(last), p => Assert.Equal(p.First, p.Second, 1e-4f));
    }
}
