using System.CommandLine;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Model;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Chat;
using QaBuild.Model.Packaging;
using QaBuild.Model.Training.Run;

namespace QaBuild.Tool;

/// <summary><c>qabuild modelfile</c>: writes what Ollama makes a model of, with the template that it was trained with.</summary>
internal static class ModelfileCommand
{
    // Ollama takes memory for the whole context, and modern models were trained with hundreds of thousands of tokens.
    private const int UsualContext = 4096;

    private static readonly string s_base = BaseModelCommand.DefaultOutput;

    public static Command Create()
    {
        var description = new Option<string>("--base") { Description = Bilingual.Here("base-model.json, which 'qabuild base-model' writes.", "'qabuild base-model' 写出的 base-model.json。"), DefaultValueFactory = _ => s_base };
        var weights = new Option<string?>("--weights") { Description = Bilingual.Here("The GGUF of the whole model.", "完整模型的 GGUF。") };
        var adapter = new Option<string?>("--adapter") { Description = Bilingual.Here("The GGUF of a LoRA adapter, to put on the untouched base model.", "LoRA 适配器的 GGUF，加在原样的基础模型上。") };
        var output = new Option<string>("--out", "-o") { Description = Bilingual.Here("The file.", "写出的文件。"), DefaultValueFactory = _ => Path.Combine("artifacts", "model", "Modelfile") };
        var dataset = new Option<string?>("--dataset") { Description = Bilingual.Here("The folder of the rows that the model was trained on: they say whether the chat template was applied. Default: it was.", "训练所用数据行的目录：由数据行得知是否套用了对话模板。默认：套用了。") };
        var training = new Option<string?>("--training") { Description = Bilingual.Here("training.json, which 'qabuild train' writes: what the recipe says about that.", "'qabuild train' 写出的 training.json：配方是否要求套用对话模板。") };
        var template = ChatTemplateOption();
        var system = new Option<string?>("--system") { Description = Bilingual.Here("What the model is told before each conversation. Default: what its own template says.", "每段对话之前的系统提示词。默认：模型自己的模板所写的。") };
        var temperature = new Option<double>("--temperature") { Description = Bilingual.Here("0 takes the likeliest token each time.", "温度；0 表示每次取最可能的 token。"), DefaultValueFactory = _ => 0 };
        var context = new Option<int>("--context") { Description = Bilingual.Here($"The most tokens of a conversation; 0 for what the model was trained with, at most {UsualContext}.", $"一次对话最多的 token 数；0 表示与模型训练时相同，最多 {UsualContext}。"), DefaultValueFactory = _ => 0 };
        var license = new Option<string?>("--license") { Description = Bilingual.Here("The licence: its name or its text.", "许可证：名称或全文。") };
        var command = new Verb(
            "modelfile",
            "Writes a Modelfile for Ollama, with the chat template that the model was trained with.",
            "写出 Ollama 的 Modelfile，使用模型训练时的对话模板。",
            "qabuild modelfile --weights artifacts/model/model-Q8_0.gguf",
            "qabuild modelfile --adapter artifacts/model/adapter.gguf")
        {
            description, weights, adapter, output, dataset, training, template, system, temperature, context, license,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(weights) is null == result.GetValue(adapter) is null)
            {
                result.AddError(Bilingual.Here("One of --weights and --adapter is needed.", "必须且只能给出 --weights 和 --adapter 中的一个。"));
            }

            // The negation: NaN is in no range.
            if (!(result.GetValue(temperature) is >= 0 and <= GenerateCommand.HottestTemperature))
            {
                result.AddError(Bilingual.Here($"--temperature must lie between 0 and {GenerateCommand.HottestTemperature}.", $"--temperature 必须在 0 和 {GenerateCommand.HottestTemperature} 之间。"));
            }

            if (result.GetValue(context) < 0)
            {
                result.AddError(Bilingual.Here("--context must be at least 0.", "--context 不能小于 0。"));
            }
        });
        command.SetAction(parsed =>
        {
            var model = BaseModelDescription.Read(parsed.GetValue(description)!);
            var length = parsed.GetValue(context) is > 0 and var given ? given : model.Context is > 0 and < UsualContext ? (int)model.Context : UsualContext;
            var trained = Trained(model, parsed.GetValue(template), parsed.GetValue(dataset), parsed.GetValue(training));

            // Rows that stood as they were compiled have the system's words in them.
            var told = trained.Template.Family == ChatFamily.Raw && parsed.GetValue(dataset) is not null ? null : parsed.GetValue(system);
            var file = Modelfile.Of(trained, told, parsed.GetValue(temperature), length);
            file = parsed.GetValue(weights) is { } whole
                ? file with { Weights = Existing(whole) }
                : model.Source == "ollama" ? file with { From = model.Name[BaseModel.OllamaPrefix.Length..], Adapter = Existing(parsed.GetValue(adapter)!) }
                : file with { Weights = Existing(model.Gguf), Adapter = Existing(parsed.GetValue(adapter)!) };
            file = file with { License = parsed.GetValue(license) };
            var path = Path.GetFullPath(parsed.GetValue(output)!);
            OutputFiles.Write(path, Encoding.UTF8.GetBytes(ModelfileWriter.Write(file, Path.GetDirectoryName(path)!)));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>The option that chooses a chat template.</summary>
    public static Option<string?> ChatTemplateOption() => new("--chat-template") { Description = Bilingual.Here($"The chat template: {ChatTemplate.Names}. Default: the base model's own.", $"对话模板：{ChatTemplate.Names}。默认：基础模型自己的。") };

    private static TrainedTemplate Trained(BaseModelDescription model, string? chosen, string? dataset, string? training)
    {
        if (dataset is null)
        {
            var template = ChatTemplate.Of(model, chosen);
            return new TrainedTemplate(template, template.Terminators);
        }

        var record = training is null ? null : TrainingRecord.Read(Path.GetDirectoryName(Path.GetFullPath(training))!);
        return TrainedTemplate.Of(model, chosen, dataset, record?.Inputs.AppliesTemplate);
    }

    private static string Existing(string path) => File.Exists(path) ? path : throw new ModelFaultException(ModelFaults.FileMalformed, path, path, new Reason("ModelfileNoSuchFile"));
}
