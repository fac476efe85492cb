using System.Collections.Immutable;
using Newtonsoft.Json.Linq;

namespace QaBuild.Dataset.Emission;

/// <summary>A question and its answer.</summary>
/// <param name="Question">Without context.</param>
/// <param name="Context">The passage that the question is about, or null.</param>
/// <param name="Answer">Without EOS.</param>
/// <param name="Calls">Function calls made before the answer.</param>
internal sealed record Turn(string Question, string? Context, string Answer, ImmutableArray<JObject> Calls);

/// <summary>What a row says, before it has a format.</summary>
/// <param name="System">The system prompt, or null.</param>
/// <param name="Turns">At least one.</param>
/// <param name="Tools">Functions that may be called.</param>
internal sealed record Conversation(string? System, ImmutableArray<Turn> Turns, ImmutableArray<JObject> Tools);
