using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class CleanKnowledgeBaseTests
{
    [Theory]
    [InlineData("kb")]
    [InlineData("tests/kb-demo")]
    public void A_KB_that_people_wrote_with_care_is_silent(string kb) =>
        Assert.DoesNotContain(Compiled.At(Repository.Path(kb)).Diagnostics, d => d.Rule is >= Rule.Secret and <= Rule.TooLong);
}
