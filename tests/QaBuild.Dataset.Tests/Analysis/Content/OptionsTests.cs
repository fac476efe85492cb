using System.Globalization;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class OptionsTests
{
    [Theory]
    [InlineData("SystemPrompt", "Use postgres://app:vK8tqR2mZx4w@db.internal/app.")]
    [InlineData("PromptTemplate", "postgres://app:vK8tqR2mZx4w@db.internal/app {question}")]
    public void A_secret_in_an_option_that_stands_in_every_row_is_an_error(string name, string value)
    {
        var found = Assert.Single(Compiled.Of(Qa.Text(), (name, value), ("SplitRatio", "1/0/0")).Diagnostics);

        Assert.Equal("QA5005", found.Code);
        Assert.DoesNotContain("vK8tqR2mZx4w", found.Message(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("source")]
    [InlineData("license")]
    public void A_secret_that_would_stand_in_the_manifest_is_an_error(string key) =>
        Assert.Contains("QA5005", Compiled.Of(Qa.Text(front: $"{key}: 'see postgres://app:vK8tqR2mZx4w@db.internal/app'")).Codes);
}
