using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Tests.Analysis;

public class SpellingTests
{
    [Theory]
    [InlineData("replication", "replicaton")]
    [InlineData("necessary", "neccessary")]
    [InlineData("receive", "recieve")]
    [InlineData("kubernetes", "kuberentes")]
    public void A_letter_left_out_or_doubled_and_two_letters_swapped_are_slips(string one, string other) => Assert.True(IsSlip(one, other) && IsSlip(other, one));

    [Theory]
    [InlineData("json", "jsonb")]
    [InlineData("paper", "papper")]
    [InlineData("varchar", "nvarchar")]
    [InlineData("vacuum", "vacuumdb")]
    [InlineData("timestamp", "timestamptz")]
    [InlineData("interval", "internal")]
    [InlineData("austria", "australia")]
    [InlineData("größer", "grösser")]
    [InlineData("utf16le", "utf16lee")]
    public void Short_words_other_ends_and_other_letters_are_no_slips(string one, string other) => Assert.False(IsSlip(one, other) || IsSlip(other, one));

    private static bool IsSlip(string one, string other) => Spelling.IsSlip(Spelling.Of(one), one.Length, Spelling.Of(other), other.Length);
}
