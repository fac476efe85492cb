using System.Text.Json.Serialization;

namespace QaBuild.Model.Inference;

/// <summary>What the parent asks of the child. The child answers requests one after another.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "verb")]
[JsonDerivedType(typeof(LoadRequest), "load")]
[JsonDerivedType(typeof(TokenizeRequest), "tokenize")]
[JsonDerivedType(typeof(CountRequest), "count")]
[JsonDerivedType(typeof(DetokenizeRequest), "detokenize")]
[JsonDerivedType(typeof(LogitsRequest), "logits")]
[JsonDerivedType(typeof(ScoreRequest), "score")]
[JsonDerivedType(typeof(GenerateRequest), "generate")]
[JsonDerivedType(typeof(QuantizeRequest), "quantize")]
[JsonDerivedType(typeof(RenderRequest), "render")]
internal abstract record LlamaRequest;

internal sealed record LoadRequest(string Path, LoadOptions Options) : LlamaRequest;

internal sealed record TokenizeRequest(string[] Texts, bool AddSpecial, bool ParseSpecial) : LlamaRequest;

internal sealed record CountRequest(string[] Texts, bool AddSpecial, bool ParseSpecial) : LlamaRequest;

internal sealed record DetokenizeRequest(int[] Ids, bool RenderSpecial) : LlamaRequest;

internal sealed record LogitsRequest(int[] Ids, bool LastOnly) : LlamaRequest;

internal sealed record ScoreRequest(int[] Ids, int From) : LlamaRequest;

internal sealed record GenerateRequest(Prompt Prompt, GenerateOptions Options) : LlamaRequest;

internal sealed record QuantizeRequest(string Input, string Output, int FileType, int Threads) : LlamaRequest;

internal sealed record RenderRequest(string Template, ChatMessage[] Messages, bool AddGenerationPrompt) : LlamaRequest;
