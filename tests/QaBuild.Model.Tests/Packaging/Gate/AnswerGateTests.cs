using QaBuild.Model.BaseModels;
using QaBuild.Model.Chat;
using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Gate;
using QaBuild.Model.Packaging.Ollama;
using QaBuild.Model.Tests.Chat;
using QaBuild.Model.Tests.Inference;
using QaBuild.Model.Training.Export;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging.Gate;

/// <summary>What was trained is answered at every hop; each planted fault is caught at the hop where it was planted, and nowhere else.</summary>
public sealed class AnswerGateTests(SixAnswers six) : IClassFixture<SixAnswers>
{
    private static readonly LoadOptions OneThread = new() { Threads = 1 };

    [LlamaFact]
    public async Task Six_of_six_trained_answers_are_exact_and_stop_at_every_hop()
    {
        var results = await Ask(Questions(), [Trainer(), Adapter(six.Adapter), Fused(six.Fused), Quantized("Q8_0"), Quantized("Q4_K_M")]);

        Assert.Equal([GateHopKind.Trainer, GateHopKind.Adapter, GateHopKind.Fused, GateHopKind.Quantized, GateHopKind.Quantized], results.Select(r => r.Kind));
        Assert.All(results, r => Assert.Equal((1.0, 1.0), (r.StopRate, r.ExactMatch)));
        Assert.All(results, r => Assert.True(r.Passed));
        Assert.All(results.Take(3), r => Assert.InRange(r.Drift!.Value, 0, 1e-3));
        Assert.InRange(results[4].Drift!.Value, 1e-6, 0.5);
    }

    [LlamaFact]
    public async Task Rows_without_a_terminator_are_caught_in_the_trainer_and_nothing_after_it_is_asked()
    {
        SixAnswers.WriteDataset(six.Place("endless"), "");
        await six.Train(six.Place("endless-trained"), six.Place("endless"));
        var adapter = six.Place($"endless-trained/{AdapterExport.GgufName}");

        var results = await Ask(six.Questions(six.Place("endless")), [Trainer(six.Place($"endless-trained/{AdapterExport.MlxName}")), Adapter(adapter), Fused(six.Fused)]);

        var failure = results[0].Failure!;
        Assert.Equal(("StopRate", "GateNoTerminator"), (failure.Measure, failure.Cause));
        Assert.StartsWith(failure.Expected!, failure.Found!, StringComparison.Ordinal);
        Assert.All(results.Skip(1), r => Assert.Equal((0, null, false), (r.Answers.Count, r.Failure, r.Passed)));
    }

    [LlamaFact]
    public async Task An_adapter_scaled_by_ten_is_caught_where_llama_cpp_first_gets_it()
    {
        var scaled = six.Place("scaled.gguf");
        using (var file = GgufFile.Open(six.Adapter))
        {
            var writer = new GgufWriter();
            foreach (var (key, value) in file.Metadata)
            {
                writer.Add(key, key == "adapter.lora.alpha" ? (float)value * 10 : value);
            }

            foreach (var tensor in file.Tensors)
            {
                writer.AddTensor(tensor.Name, tensor.Type, tensor.Shape, s => s.Write(tensor.Read(0, (int)tensor.Bytes)));
            }

            writer.WriteTo(scaled);
        }

        var results = await Ask(Questions(), [Trainer(), Adapter(scaled), Fused(six.Fused)]);

        Assert.True(results[0].Passed);
        Assert.Equal("GateOtherAdapter", results[1].Failure!.Cause);
        Assert.NotEqual(results[1].Failure!.Expected, results[1].Failure!.Found);
        Assert.Empty(results[2].Answers);
    }

    [LlamaFact]
    public async Task A_truncated_file_is_caught_at_its_own_hop_and_the_other_files_pass()
    {
        var cut = six.Copy(six.Quantized("Q8_0"), "cut.gguf");
        using (var stream = File.OpenWrite(cut))
        {
            stream.SetLength(stream.Length - 1000);
        }

        var results = await Ask(Questions(), [Trainer(), Fused(six.Fused), new(GateHopKind.Quantized, "cut.gguf", c => LlamaGateModel.OpenAsync(six.Host, cut, OneThread, c)), Quantized("Q4_K_M")]);

        Assert.Equal([true, true, false, true], results.Select(r => r.Passed));
        Assert.Equal(("GateUnreadable", ModelFaults.FileMalformed, cut), (results[2].Failure!.Cause, results[2].Failure!.Fault!.Code, results[2].Failure!.Fault!.Path));
    }

    [GoFact]
    public async Task A_Modelfile_with_another_template_is_caught_in_Ollama_and_its_model_is_deleted()
    {
        var description = BaseModelDescription.Of(new BaseModel(BaseModelKind.Tiny, "tiny", six.Base, HasWeights: true));
        var trained = Modelfile.Of(TrainedTemplate.Of(description, null, six.Dataset, null), null, 0, 512) with { Weights = six.Quantized("Q8_0") };
        await using var llama = await Llama.Load(six.Quantized("Q8_0"));
        await using var server = new StrictOllama { Answer = q => AnswerAsync(llama, q) };

        var good = await InOllama(server, trained);
        var bad = await InOllama(server, trained with { Template = GoTemplate.Of(ChatFormat.MistralV3) });

        Assert.Equal((1.0, 1.0, null), (good.StopRate, good.ExactMatch, good.Failure));
        Assert.Contains(bad.Failure!.Cause, new[] { "GateTemplate", "GateTemplateStop" });
        Assert.Equal(["six:latest"], server.Models.Keys);
        Assert.Equal(trained.Template, (string?)server.Models["six:latest"]["template"]);
    }

    [LlamaFact]
    public async Task A_report_is_read_again_as_it_was_written_and_another_hop_joins_it()
    {
        var questions = Questions();
        var report = new GateReport { Base = "tiny", Limits = new GateLimits { MinExactMatch = 1 }, Questions = questions, Hops = [] }.With(await Ask(questions, [Trainer()]));
        File.WriteAllBytes(six.Place("gate.json"), report.ToJson());

        var read = GateReport.Read(six.Place("gate.json"));
        var more = read.With(await Ask(questions, [Fused(six.Fused)], read.Trainer));

        Assert.Equal(report.ToJson(), read.ToJson());
        Assert.Empty((await NJsonSchema.JsonSchema.FromFileAsync(Repository.Path("schema", "gate.schema.json"))).Validate(System.Text.Encoding.UTF8.GetString(report.ToJson())));
        Assert.Equal([GateHopKind.Trainer, GateHopKind.Fused], more.Hops.Select(h => h.Kind));
        Assert.Equal(1.0, more.Hops[1].RougeL);
        Assert.True(more.Passed);
    }

    private IReadOnlyList<GateQuestion> Questions() => six.Questions(six.Dataset);

    private GateHop Trainer(string? trained = null) =>
        new(GateHopKind.Trainer, "trainer", c => TrainerGateModel.OpenAsync(six.Host, six.Base, trained ?? Path.Combine(six.Trained, AdapterExport.MlxName), SixAnswers.Terminators, 1, c));

    private GateHop Adapter(string path) => new(GateHopKind.Adapter, Path.GetFileName(path), c => LlamaGateModel.OpenAsync(six.Host, six.Base, OneThread with { Adapter = path, Exact = true }, c));

    private GateHop Fused(string path) => new(GateHopKind.Fused, Path.GetFileName(path), c => LlamaGateModel.OpenAsync(six.Host, path, OneThread with { Exact = true }, c));

    private GateHop Quantized(string type) => new(GateHopKind.Quantized, type, c => LlamaGateModel.OpenAsync(six.Host, six.Quantized(type), OneThread, c));

    private static Task<IReadOnlyList<GateHopResult>> Ask(IReadOnlyList<GateQuestion> questions, IReadOnlyList<GateHop> hops, GateHopResult? trainer = null) =>
        new AnswerGate(questions, new GateLimits()).RunAsync(hops, trainer);

    /// <summary>Imports a model and asks it before it gets its name; one that fails is not kept.</summary>
    private async Task<GateHopResult> InOllama(StrictOllama server, Modelfile model)
    {
        using var client = new OllamaClient(server.Address, TimeSpan.FromMinutes(2));
        GateHopResult? result = null;
        try
        {
            await new OllamaImport(client, _ => { }).RunAsync(
                "six",
                model,
                async trial =>
                {
                    var hop = new GateHop(GateHopKind.Ollama, "six", _ => Task.FromResult<IGateModel>(new OllamaGateModel(new OllamaClient(server.Address, TimeSpan.FromMinutes(2)), trial)));
                    result = (await Ask(Questions(), [Trainer(), hop]))[1];
                    Assert.True(result.Passed);
                },
                default);
        }
        catch (Xunit.Sdk.TrueException)
        {
            // The result says why.
        }

        return result!;
    }

    /// <summary>What Ollama does: its template language writes the prompt, llama.cpp goes on with it.</summary>
    private static async Task<(string Text, string Reason)> AnswerAsync(LlamaProcess llama, OllamaQuestion question)
    {
        var prompt = await GoTemplates.Render(new GoTemplates.Prompt((string)question.Made["template"]!, (string?)question.Made["system"] ?? "", [.. question.Messages.Select(m => new ChatMessage(m.Role, m.Content))]));
        var generation = await llama.GenerateAsync(Prompt.Raw(prompt[0]), new GenerateOptions { MaxTokens = (int)question.Options["num_predict"]! });
        return (generation.Text, generation.Finish == FinishReason.Eos ? "stop" : "length");
    }
}
