using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace QaBuild.Dataset.Tests.Documentation;

/// <summary>What <c>qabuild --help</c> says of everything that can be typed.</summary>
public sealed partial class HelpTests
{
    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN")]
    [InlineData("zh-TW")]
    public void Every_command_option_and_argument_is_described_in_the_users_language(string culture)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            Assert.All(Described(Tool.Verbs.Root(), "qabuild"), d => Assert.True(d.Description?.Length > 0 && IsChinese(d.Description) == (culture != "en"), $"{d.Name}: '{d.Description}'"));
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static IEnumerable<(string Name, string? Description)> Described(Command command, string name) =>
    [
        (name, command.Description),
        .. command.Options.Concat<Symbol>(command.Arguments).Where(s => !s.Hidden).Select(s => ($"{name} {s.Name}", s.Description)),
        .. command.Subcommands.Where(c => !c.Hidden).SelectMany(c => Described(c, $"{name} {c.Name}")),
    ];

    private static bool IsChinese(string text) => Chinese().IsMatch(SectionName().Replace(text, ""));

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}", RegexOptions.CultureInvariant)]
    private static partial Regex Chinese();

    // English texts name a section of the sources in Chinese, too: the job (职业).
    [GeneratedRegex(@"\((职业|知识点)\)", RegexOptions.CultureInvariant)]
    private static partial Regex SectionName();
}
