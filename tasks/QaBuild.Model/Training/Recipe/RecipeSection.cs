using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace QaBuild.Model.Training.Recipe;

/// <summary>A mapping of a recipe, read key by key. What is wrong is kept, so that all of it is told at once; a wrong value counts as absent.</summary>
/// <param name="mapping">The mapping.</param>
/// <param name="prefix">Stands before its keys in messages.</param>
/// <param name="origin">The recipe's file, and which nodes a command line has set.</param>
internal sealed class RecipeSection(YamlMappingNode mapping, string prefix, RecipeOrigin origin)
{
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Whether the key stands there with a value.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A whole number.</summary>
    public long? Integer(string name, long least, long most) => Scalar<long>(name, new Reason("JsonInteger", least, most), text =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null);

    /// <summary>A number.</summary>
    public double? Number(string name, double least, double most) => Scalar<double>(name, Range(least, most), text => NumberOf(text, least, most));

    /// <summary>True or false.</summary>
    public bool? Flag(string name) => Scalar<bool>(name, new Reason("JsonFlag"), text => text switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    });

    /// <summary>One of some names.</summary>
    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> choices)
        where T : struct => Scalar<T>(name, new Reason("RecipeOneOf", string.Join(", ", choices.Keys)), text => choices.TryGetValue(text, out var choice) ? choice : null);

    /// <summary>A text.</summary>
    public string? Text(string name)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case YamlScalarNode { Value: { Length: > 0 } text }:
                return text;
            case var other:
                Bad(name, other, new Reason("JsonText"));
                return null;
        }
    }

    /// <summary>A list of numbers.</summary>
    public IReadOnlyList<double>? Numbers(string name)
    {
        if (List(name, new Reason("RecipeNumbers")) is not { } items)
        {
            return null;
        }

        var numbers = items.Select(i => i is YamlScalarNode scalar ? NumberOf(scalar.Value ?? "", double.MinValue, double.MaxValue) : null).ToArray();
        if (Array.TrueForAll(numbers, n => n is not null))
        {
            return [.. numbers.Select(n => n!.Value)];
        }

        Bad(name, Find(name)!, new Reason("RecipeNumbers"));
        return null;
    }

    /// <summary>The items of a list of names that <paramref name="read"/> knows.</summary>
    /// <param name="name">The key.</param>
    /// <param name="choices">What may stand in it.</param>
    /// <param name="read">What an item stands for; empty when it is none.</param>
    public IReadOnlyList<T>? Names<T>(string name, IEnumerable<string> choices, Func<string, IReadOnlyList<T>> read)
    {
        var expected = new Reason("RecipeListOf", string.Join(", ", choices));
        if (List(name, expected) is not { } items)
        {
            return null;
        }

        var found = new List<T>();
        foreach (var item in items)
        {
            if (item is YamlScalarNode { Value: { } text } && read(text) is { Count: > 0 } known)
            {
                found.AddRange(known);
            }
            else
            {
                Bad(name, item, expected);
            }
        }

        return found.Count > 0 ? [.. found.Distinct()] : null;
    }

    /// <summary>A mapping below this one; null when absent.</summary>
    public RecipeSection? Section(string name)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case YamlMappingNode inner:
                return new RecipeSection(inner, $"{prefix}{name}.", origin);
            case var other:
                Bad(name, other, new Reason("TypeMapping"));
                return null;
        }
    }

    /// <summary>Keeps that a value cannot be.</summary>
    public void Bad(string name, Reason expected) => Bad(name, Find(name)!, expected);

    /// <summary>Keeps that a key is not there.</summary>
    public void Missing(string name) => origin.Fail(mapping, new Reason("JsonMissing", prefix + name));

    /// <summary>Keys that are taken without effect.</summary>
    public void PassOver(params IReadOnlyList<string> names) => _known.UnionWith(names);

    /// <summary>Keys that nothing asked for, each with a warning.</summary>
    public void WarnOfOthers()
    {
        foreach (var key in mapping.Children.Keys.OfType<YamlScalarNode>().Where(k => !_known.Contains(k.Value ?? "")))
        {
            origin.Warn(ModelFaults.RecipeKeyUnknown, key, prefix + key.Value, Nearest(key.Value ?? "") is { } near ? new Reason("DidYouMean", prefix + near) : "", string.Join(", ", _known));
        }
    }

    /// <summary>Keeps a warning at a key.</summary>
    public void Warn(string code, string name, params object[] arguments) => origin.Warn(code, Key(name), [prefix + name, .. arguments]);

    private static Reason Range(double least, double most) =>
        most < double.MaxValue ? new Reason("RecipeRange", least, most) : least > double.MinValue ? new Reason("RecipeAtLeast", least) : new Reason("JsonNumber");

    private static double? NumberOf(string text, double least, double most) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number >= least && number <= most ? number : null;

    private T? Scalar<T>(string name, Reason expected, Func<string, T?> read)
        where T : struct
    {
        switch (Find(name))
        {
            case null:
                return null;
            case YamlScalarNode { Value: { } text } when read(text) is { } value:
                return value;
            case var other:
                Bad(name, other, expected);
                return null;
        }
    }

    private IReadOnlyList<YamlNode>? List(string name, Reason expected)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case YamlSequenceNode { Children.Count: > 0 } list:
                return [.. list.Children];
            case var other:
                Bad(name, other, expected);
                return null;
        }
    }

    private YamlNode? Find(string name)
    {
        _known.Add(name);
        return mapping.Children.TryGetValue(new YamlScalarNode(name), out var node) && node is not YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" or "None" or null } ? node : null;
    }

    private YamlNode Key(string name) => mapping.Children.Keys.First(k => k is YamlScalarNode scalar && scalar.Value == name);

    private void Bad(string name, YamlNode node, Reason expected) =>
        origin.Fail(node, new Reason("JsonBad", prefix + name, expected, $"'{(node is YamlScalarNode scalar ? scalar.Value : node.ToString())}'"));

    // The name that fewest changes of a letter lead to, when a third of the letters is enough.
    private string? Nearest(string name)
    {
        var best = _known.Select(k => (Name: k, Changes: Changes(name, k))).OrderBy(k => k.Changes).ThenBy(k => k.Name, StringComparer.Ordinal).FirstOrDefault();
        return best.Name is not null && best.Changes <= Math.Max(1, name.Length / 3) ? best.Name : null;
    }

    // Letters put in, left out, exchanged, or two of them turned round (optimal string alignment).
    private static int Changes(string a, string b)
    {
        var changes = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                changes[i, j] = i == 0 || j == 0 ? i + j : Math.Min(Math.Min(changes[i - 1, j], changes[i, j - 1]) + 1, changes[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    changes[i, j] = Math.Min(changes[i, j], changes[i - 2, j - 2] + 1);
                }
            }
        }

        return changes[a.Length, b.Length];
    }
}
