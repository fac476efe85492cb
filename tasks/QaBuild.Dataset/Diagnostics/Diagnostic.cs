using System.Globalization;

namespace QaBuild.Dataset.Diagnostics;

/// <summary>A finding: what is wrong, where, and (through the catalogue) why and how to mend it.</summary>
/// <param name="Rule">What was found.</param>
/// <param name="Severity">After NoWarn, WarningsAsErrors and their kin.</param>
/// <param name="Location">Where.</param>
/// <param name="Arguments">What the message's placeholders stand for; a <see cref="Phrase"/> is put into the reader's language.</param>
public sealed record Diagnostic(Rule Rule, Severity Severity, Location Location, IReadOnlyList<object> Arguments)
{
    /// <summary>For example <c>QA1004</c>.</summary>
    public string Code => Catalogue.CodeOf(Rule);

    /// <summary>The message in <paramref name="culture"/>'s language: Chinese for any zh culture, otherwise English.</summary>
    public string Message(CultureInfo culture) => Catalogue.Default.Format(Rule, Arguments, culture);

    /// <summary>The canonical form that MSBuild and editors read: <c>path(line,column): error QA1004: message</c>.</summary>
    public string ToString(CultureInfo culture)
    {
        var place = Location switch
        {
            { Path: "" } => "qabuild",
            { Line: 0 } => Location.Path,
            { EndColumn: > 0 } => $"{Location.Path}({Location.Line},{Location.Column},{Location.Line},{Location.EndColumn})",
            _ => $"{Location.Path}({Location.Line},{Location.Column})",
        };
        return $"{place}: {Severity.ToString().ToLowerInvariant()} {Code}: {Message(culture)}";
    }
}

/// <summary>A part of a message that is itself put into the reader's language, from the catalogue's <c>phrases</c>.</summary>
/// <param name="Name">The phrase's name in the catalogue.</param>
/// <param name="Arguments">What its placeholders stand for; for a <see cref="Diagnostic"/>, its message.</param>
public sealed record Phrase(string Name, params object[] Arguments);
