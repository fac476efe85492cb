using System.Globalization;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace QaBuild.Dataset.Sources;

/// <summary>
/// Reads a front matter block into JSON with the place of every key. Anchors, aliases, deep nesting and large blocks are refused: what
/// a pull request sends is not expanded. A plain scalar is a string, whatever it looks like, except below
/// the keys where the schema wants another type.
/// </summary>
internal sealed class YamlBlock
{
    private const int LargestBlock = 256 << 10;
    private const int DeepestNesting = 20;
    private readonly Dictionary<string, (int Line, int Column)> _places = [];
    private readonly Parser _parser;
    private readonly int _lineOffset;

    private YamlBlock(string yaml, int lineOffset)
    {
        _parser = new Parser(new StringReader(yaml));
        _lineOffset = lineOffset;
    }

    /// <summary>The block as JSON and the places of its keys, or null when it cannot be read.</summary>
    /// <param name="yaml">The text between the two <c>---</c> lines.</param>
    /// <param name="file">For diagnostics.</param>
    /// <param name="lineOffset">Lines before the block.</param>
    /// <param name="diagnostics">Gets what is wrong.</param>
    public static (JObject Json, IReadOnlyDictionary<string, (int Line, int Column)> Places)? Read(
        string yaml, string file, int lineOffset, DiagnosticBag diagnostics)
    {
        if (yaml.Length > LargestBlock)
        {
            diagnostics.Add(Rule.FrontMatterLimit, new Location(file, 1, 1), new Phrase("YamlTooLarge", yaml.Length, LargestBlock));
            return null;
        }

        var block = new YamlBlock(yaml, lineOffset);
        try
        {
            return (block.Document(), block._places);
        }
        catch (LimitException e)
        {
            diagnostics.Add(Rule.FrontMatterLimit, block.At(file, e.Mark), e.Reason);
        }
        catch (ShapeException e)
        {
            diagnostics.Add(Rule.FrontMatterSyntax, block.At(file, e.Mark), e.Reason);
        }
        catch (YamlException e)
        {
            diagnostics.Add(Rule.FrontMatterSyntax, block.At(file, e.Start), e.InnerException?.Message ?? e.Message);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The YAML library lets these out on some malformed escapes; to the user that is a fault of the block.
            diagnostics.Add(Rule.FrontMatterSyntax, block.At(file, block._parser.Current?.Start ?? Mark.Empty), e.Message);
        }

        return null;
    }

    private Location At(string file, Mark mark) => new(file, Line(mark), (int)mark.Column);

    private int Line(Mark mark) => (int)mark.Line + _lineOffset;

    private JObject Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
        {
            return [];
        }

        _parser.Consume<DocumentStart>();
        var start = _parser.Current!.Start;
        var root = Node("#", 0, typed: false);
        _parser.Consume<DocumentEnd>();
        if (!_parser.TryConsume<StreamEnd>(out _))
        {
            throw new ShapeException(_parser.Current?.Start ?? start, new Phrase("YamlOneDocument"));
        }

        return root switch
        {
            JObject mapping => mapping,
            JValue { Value: "" or null } => [],
            _ => throw new ShapeException(start, new Phrase("YamlMapping")),
        };
    }

    private JToken Node(string path, int depth, bool typed)
    {
        var current = _parser.Current ?? throw new ShapeException(Mark.Empty, new Phrase("YamlMapping"));
        if (depth > DeepestNesting)
        {
            throw new LimitException(current.Start, new Phrase("YamlTooDeep", DeepestNesting));
        }

        if (current is AnchorAlias || current is NodeEvent { Anchor.IsEmpty: false })
        {
            throw new LimitException(current.Start, new Phrase("YamlAlias"));
        }

        _places.TryAdd(path, (Line(current.Start), (int)current.Start.Column));
        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            return Value(scalar, typed);
        }

        if (_parser.TryConsume<SequenceStart>(out _))
        {
            var items = new JArray();
            while (!_parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Node($"{path}[{items.Count}]", depth + 1, typed));
            }

            return items;
        }

        _parser.Consume<MappingStart>();
        var mapping = new JObject();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = _parser.Current as Scalar ?? throw new ShapeException(_parser.Current!.Start, new Phrase("YamlKey"));
            var keyPath = path == "#" ? "#/" + key.Value : $"{path}.{key.Value}";
            if (!key.Anchor.IsEmpty)
            {
                throw new LimitException(key.Start, new Phrase("YamlAlias"));
            }

            if (mapping.ContainsKey(key.Value))
            {
                throw new ShapeException(key.Start, new Phrase("YamlDoubleKey", key.Value));
            }

            _places[keyPath] = (Line(key.Start), (int)key.Start.Column);
            _parser.MoveNext();
            mapping.Add(key.Value, Node(keyPath, depth + 1, typed || (depth == 0 && key.Value is "negative" or "weight" or "tools" or "calls")));
        }

        return mapping;
    }

    private static JValue Value(Scalar scalar, bool typed)
    {
        var text = scalar.Value;
        if (!typed || scalar.Style != ScalarStyle.Plain)
        {
            return new JValue(TextLines.WithLineFeeds(text));
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => JValue.CreateNull(),
            "true" or "True" or "TRUE" => new JValue(true),
            "false" or "False" or "FALSE" => new JValue(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => new JValue(integer),
            _ when decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) => new JValue(number),
            _ => new JValue(text),
        };
    }

    private sealed class LimitException(Mark mark, Phrase reason) : Exception
    {
        public Mark Mark => mark;

        public Phrase Reason => reason;
    }

    private sealed class ShapeException(Mark mark, Phrase reason) : Exception
    {
        public Mark Mark => mark;

        public Phrase Reason => reason;
    }
}
