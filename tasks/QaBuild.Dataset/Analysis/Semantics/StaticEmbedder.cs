using System.Buffers.Binary;
using System.Runtime.InteropServices;
using QaBuild.Dataset.Analysis.Semantics.Tokens;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Semantics;

/// <summary>A vector a token, as model2vec makes them: a text's vector is the mean of its tokens'. No layer, no context, no native code.</summary>
internal sealed class StaticEmbedder : IEmbedder
{
    private const int MostTokens = 512;
    private const int MostDimensions = 4096;
    private readonly Tokenizer _tokenizer;
    private readonly Tensor _table;
    private readonly int[]? _rows;
    private readonly float[]? _weights;
    private readonly bool _normalize;

    /// <summary>Puts a model together.</summary>
    /// <param name="tensors"><c>embeddings</c>; <c>mapping</c> from tokens to rows and <c>weights</c> of tokens where the model has them.</param>
    /// <param name="tokenizer">Reads the table's row count; makes ids below it.</param>
    /// <param name="normalize">Whether vectors get length 1.</param>
    /// <param name="identity">Of the files.</param>
    /// <exception cref="UnusableModelException">The tensors do not fit together.</exception>
    public StaticEmbedder(IReadOnlyDictionary<string, Tensor> tensors, Func<int, Tokenizer> tokenizer, bool normalize, string identity)
    {
        _table = tensors.GetValueOrDefault("embeddings") ?? throw new UnusableModelException(new Phrase("TensorAbsent", "embeddings", string.Join(", ", tensors.Keys.Order(StringComparer.Ordinal))));
        if (_table.Shape is not [> 0 and var rows, > 0 and <= MostDimensions and var columns] || _table.Type is not ("F32" or "F16" or "BF16" or "I8"))
        {
            throw new UnusableModelException(new Phrase("TensorTable", _table.Type, string.Join(" × ", _table.Shape), MostDimensions));
        }

        Dimensions = (int)columns;
        _rows = tensors.GetValueOrDefault("mapping") is { } mapping ? Array.ConvertAll(Numbers(mapping, "I32", "I64"), m => m >= 0 && m < rows ? (int)m : throw Misfit(mapping)) : null;
        var tokens = _rows?.Length ?? (int)rows;
        _weights = tensors.GetValueOrDefault("weights") is { } weights ? Array.ConvertAll(Numbers(weights, "F16", "F32", "F64"), w => (float)w) : null;
        if (_weights is not null && _weights.Length != tokens)
        {
            throw Misfit(tensors["weights"]);
        }

        (_tokenizer, _normalize, Identity) = (tokenizer(tokens), normalize, identity);
    }

    /// <inheritdoc/>
    public int Dimensions { get; }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <inheritdoc/>
    public void Embed(string text, Span<float> vector)
    {
        Span<int> tokens = stackalloc int[MostTokens];
        tokens = tokens[.._tokenizer.Tokenize(text, tokens, out var unknown)];
        vector.Clear();

        // An English model knows the punctuation of a Chinese question and a few characters: that says nothing of what it means.
        if (unknown * 2 > tokens.Length)
        {
            return;
        }

        foreach (var token in tokens)
        {
            AddRow(_rows is null ? token : _rows[token], _weights is null ? 1 : _weights[token], vector);
        }

        // One element after the other, in double: the same on every machine.
        var squares = 0.0;
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] /= Math.Max(tokens.Length, 1);
            squares += (double)vector[i] * vector[i];
        }

        if (!double.IsFinite(squares))
        {
            vector.Clear();
        }
        else if (_normalize && squares > 0)
        {
            var length = Math.Sqrt(squares);
            for (var i = 0; i < vector.Length; i++)
            {
                vector[i] = (float)(vector[i] / length);
            }
        }
    }

    private void AddRow(int row, float weight, Span<float> vector)
    {
        var bytes = _table.Data.Span;
        bytes = bytes.Slice((int)((long)row * bytes.Length / _table.Shape[0]), (int)(bytes.Length / _table.Shape[0]));
        switch (_table.Type)
        {
            case "I8":
                for (var i = 0; i < vector.Length; i++)
                {
                    vector[i] += weight * (sbyte)bytes[i];
                }

                break;
            case "F32":
                for (var i = 0; i < vector.Length; i++)
                {
                    vector[i] += weight * BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
                }

                break;
            case "F16":
                for (var i = 0; i < vector.Length; i++)
                {
                    vector[i] += weight * (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(i * sizeof(ushort))..]);
                }

                break;
            default:
                for (var i = 0; i < vector.Length; i++)
                {
                    vector[i] += weight * BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * sizeof(ushort))..]) << 16);
                }

                break;
        }
    }

    private static double[] Numbers(Tensor tensor, params ReadOnlySpan<string> types)
    {
        if (!types.Contains(tensor.Type) || tensor.Shape is not ([_] or [_, 1]))
        {
            throw Misfit(tensor);
        }

        return tensor.Type switch
        {
            "I32" => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(tensor.Data.Span).ToArray(), i => (double)i),
            "I64" => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(tensor.Data.Span).ToArray(), i => (double)i),
            "F16" => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(tensor.Data.Span).ToArray(), f => (double)f),
            "F32" => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(tensor.Data.Span).ToArray(), f => (double)f),
            _ => MemoryMarshal.Cast<byte, double>(tensor.Data.Span).ToArray(),
        };
    }

    private static UnusableModelException Misfit(Tensor tensor) => new(new Phrase("TensorMisfit", tensor.Name, tensor.Type, string.Join(" × ", tensor.Shape)));
}
