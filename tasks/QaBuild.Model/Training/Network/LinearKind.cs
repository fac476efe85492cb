namespace QaBuild.Model.Training.Network;

/// <summary>The linear maps of a layer, in the order in which they are applied.</summary>
public enum LinearKind
{
    /// <summary>attn_q; q_proj.</summary>
    Query,

    /// <summary>attn_k; k_proj.</summary>
    Key,

    /// <summary>attn_v; v_proj.</summary>
    Value,

    /// <summary>attn_output; o_proj.</summary>
    Output,

    /// <summary>ffn_gate; gate_proj.</summary>
    Gate,

    /// <summary>ffn_up; up_proj.</summary>
    Up,

    /// <summary>ffn_down; down_proj.</summary>
    Down,
}

/// <summary>What the linear maps are called.</summary>
public static class LinearKinds
{
    private static readonly string[] GgufNames = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];
    private static readonly string[] ModuleNames = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"];

    /// <summary>All, in order.</summary>
    public static IReadOnlyList<LinearKind> All { get; } = Enum.GetValues<LinearKind>();

    /// <summary>For example <c>blk.3.attn_q.weight</c>.</summary>
    public static string TensorName(this LinearKind kind, int layer) => $"blk.{layer}.{GgufNames[(int)kind]}.weight";

    /// <summary>For example <c>self_attn.q_proj</c>, as recipes and adapters in Python's layouts have it.</summary>
    public static string ModuleName(this LinearKind kind) => ModuleNames[(int)kind];
}
