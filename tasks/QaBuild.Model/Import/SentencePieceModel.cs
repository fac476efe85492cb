using System.Buffers.Binary;
using System.Text;

namespace QaBuild.Model.Import;

/// <summary>A SentencePiece model (<c>tokenizer.model</c>), as far as a vocabulary needs it: fields of sentencepiece_model.proto in protobuf's wire format.</summary>
internal sealed class SentencePieceModel
{
    private const long Largest = 64 << 20;
    private const int Bpe = 2;
    private readonly List<(string Text, float Score, TokenType Type)> _pieces = [];
    private int _modelType = 1;

    private SentencePieceModel()
    {
    }

    /// <summary>By id.</summary>
    public IReadOnlyList<(string Text, float Score, TokenType Type)> Pieces => _pieces;

    /// <summary>Whether pairs are merged by score, as llama.cpp does it.</summary>
    public bool IsBpe => _modelType == Bpe;

    /// <summary>Whether a blank is put before a text.</summary>
    public bool AddDummyPrefix { get; private set; } = true;

    public int Bos { get; private set; } = 1;

    public int Eos { get; private set; } = 2;

    public int Unknown { get; private set; }

    public int Padding { get; private set; } = -1;

    /// <exception cref="ModelFaultException">QA7003: it is no SentencePiece model.</exception>
    public static SentencePieceModel Read(string path)
    {
        byte[] bytes;
        try
        {
            var length = new FileInfo(path).Length;
            if (length > Largest)
            {
                throw new ModelFaultException(ModelFaults.FileMalformed, path, path, new Reason("FileTooLong", length, Largest));
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, path, path, e.Message);
        }

        return Parse(bytes) ?? throw new ModelFaultException(ModelFaults.FileMalformed, path, path, new Reason("SentencePieceMalformed"));
    }

    /// <summary>Null when the bytes are none.</summary>
    internal static SentencePieceModel? Parse(ReadOnlySpan<byte> bytes)
    {
        var model = new SentencePieceModel();
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1:
                    model.AddPiece(fields.Bytes);
                    break;
                case 2:
                    model.ReadTrainer(fields.Bytes);
                    break;
                case 3:
                    model.ReadNormalizer(fields.Bytes);
                    break;
            }
        }

        return fields.IsWhole && model._pieces.Count > 0 ? model : null;
    }

    private void AddPiece(ReadOnlySpan<byte> bytes)
    {
        var (text, score, type) = ("", 0f, TokenType.Normal);
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1:
                    text = Encoding.UTF8.GetString(fields.Bytes);
                    break;
                case 2 when fields.Bytes.Length == sizeof(float):
                    score = BinaryPrimitives.ReadSingleLittleEndian(fields.Bytes);
                    break;
                case 3 when fields.Value is >= (int)TokenType.Normal and <= (int)TokenType.Byte:
                    type = (TokenType)fields.Value;
                    break;
            }
        }

        _pieces.Add((text, score, type));
    }

    private void ReadTrainer(ReadOnlySpan<byte> bytes)
    {
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            // Ids are int32: one below 0 says that there is no such token.
            var value = (int)fields.Value;
            switch (fields.Number)
            {
                case 3:
                    _modelType = value;
                    break;
                case 40:
                    Unknown = value;
                    break;
                case 41:
                    Bos = value;
                    break;
                case 42:
                    Eos = value;
                    break;
                case 43:
                    Padding = value;
                    break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> bytes)
    {
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            if (fields.Number == 3)
            {
                AddDummyPrefix = fields.Value != 0;
            }
        }
    }
}
