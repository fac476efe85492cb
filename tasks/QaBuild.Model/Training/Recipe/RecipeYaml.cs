using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace QaBuild.Model.Training.Recipe;

/// <summary>The YAML of a recipe as a tree whose nodes know their place. A file from a pull request is not trusted: its size, its depth and what could be expanded are looked at first.</summary>
internal static class RecipeYaml
{
    private const int LargestFile = 1 << 16;
    private const int DeepestNesting = 20;

    /// <summary>The mapping that a file holds; an empty one for an empty file.</summary>
    /// <exception cref="ModelFaultException">QA7012.</exception>
    public static YamlMappingNode Read(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= LargestFile ? Parse(File.ReadAllText(path), path) : throw Malformed(path, null, new Reason("FileTooLong", length, LargestFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Malformed(path, null, e.Message);
        }
    }

    /// <summary>The mapping that a text holds.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="ModelFaultException">QA7012.</exception>
    public static YamlMappingNode Parse(string yaml, string path) => Document(yaml, path) switch
    {
        null => new YamlMappingNode(),
        YamlMappingNode mapping => mapping,
        YamlScalarNode { Value: "" or null or "null" or "~" } => new YamlMappingNode(),
        var other => throw Malformed(path, other.Start, new Reason("YamlMapping")),
    };

    /// <summary>A value as a command line has it: a scalar, or a list or mapping in YAML's flow style.</summary>
    public static YamlNode Value(string text, string path) => Document(text, path) ?? new YamlScalarNode("");

    private static YamlNode? Document(string yaml, string path)
    {
        try
        {
            RequireTame(yaml, path);
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count <= 1 ? stream.Documents.FirstOrDefault()?.RootNode : throw Malformed(path, stream.Documents[1].RootNode.Start, new Reason("YamlOneDocument"));
        }
        catch (YamlException e)
        {
            throw Malformed(path, e.Start, e.InnerException?.Message ?? e.Message);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The library lets these out on some malformed escapes.
            throw Malformed(path, null, e.Message);
        }
    }

    private static void RequireTame(string yaml, string path)
    {
        var parser = new Parser(new StringReader(yaml));
        var depth = 0;
        while (parser.MoveNext())
        {
            var current = parser.Current!;
            depth += current.NestingIncrease;
            if (current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            {
                throw Malformed(path, current.Start, new Reason("YamlAlias"));
            }

            if (depth > DeepestNesting)
            {
                throw Malformed(path, current.Start, new Reason("YamlTooDeep", DeepestNesting));
            }
        }
    }

    private static ModelFaultException Malformed(string path, Mark? at, object reason) =>
        new(ModelFaults.RecipeUnusable, path, path, reason) { Line = (int)(at?.Line ?? 0), Column = (int)(at?.Column ?? 0) };
}
