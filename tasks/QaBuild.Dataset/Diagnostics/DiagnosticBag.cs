using System.Collections.Concurrent;
using System.Globalization;

namespace QaBuild.Dataset.Diagnostics;

/// <summary>Collects findings from any thread.</summary>
public sealed class DiagnosticBag
{
    private readonly ConcurrentQueue<Diagnostic> _found = new();

    /// <summary>Adds a finding with its catalogue severity.</summary>
    public void Add(Rule rule, Location location, params object[] arguments) =>
        Add(rule, Catalogue.Default[rule].Severity, location, arguments);

    /// <summary>Adds a finding whose severity the project decides.</summary>
    public void Add(Rule rule, Severity severity, Location location, params object[] arguments) =>
        _found.Enqueue(new Diagnostic(rule, severity, location, arguments));

    /// <summary>Whether any error was found so far.</summary>
    public bool HasErrors => _found.Any(d => d.Severity == Severity.Error);

    /// <summary>The files with a finding.</summary>
    public IReadOnlySet<string> Paths() => _found.Select(d => d.Location.Path).ToHashSet(StringComparer.Ordinal);

    /// <summary>What was found, ordered by place, then code, then text: the same on every run.</summary>
    public IReadOnlyList<Diagnostic> Sorted()
    {
        Diagnostic[] sorted = [.. _found];
        Array.Sort(sorted, Compare);
        return sorted;
    }

    // A message is made only of findings of one code at one place.
    private static int Compare(Diagnostic one, Diagnostic other)
    {
        var order = string.CompareOrdinal(one.Location.Path, other.Location.Path);
        order = order != 0 ? order : one.Location.Line.CompareTo(other.Location.Line);
        order = order != 0 ? order : one.Location.Column.CompareTo(other.Location.Column);
        order = order != 0 ? order : ((int)one.Rule).CompareTo((int)other.Rule);
        return order != 0 || ReferenceEquals(one, other) ? order : string.CompareOrdinal(one.Message(CultureInfo.InvariantCulture), other.Message(CultureInfo.InvariantCulture));
    }
}
