using QaBuild.Dataset.Analysis.Content;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class PersonalNumberTests
{
    [Theory]
    [InlineData("身份证号 110101199003072615，有效。", 6, 18)]
    [InlineData("ID 11010119900307109X is his.", 4, 18)]
    [InlineData("ID:'11010119900307109x'.", 5, 18)]
    public void A_resident_number_is_an_error_where_it_stands(string answer, int column, int length)
    {
        var compiled = Judged.Answer(answer, question: "身份证号 ID?");

        var found = Assert.Single(compiled.Diagnostics, d => d.Rule == Rule.PersonalNumber);
        Assert.Equal((Severity.Error, 23, column, column + length), (found.Severity, found.Location.Line, found.Location.Column, found.Location.EndColumn));
        Assert.DoesNotContain(answer.Substring(column + 3, 8), compiled.Messages(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("110101199003072616")] // check digit
    [InlineData("110101199013072616")] // month
    [InlineData("110101199002302618")] // day
    [InlineData("990101199003072614")] // region
    [InlineData("1101011990030726151")] // longer
    [InlineData("a110101199003072615")]
    [InlineData("0.110101199003072615")]
    [InlineData("110101199003072615f")]
    [InlineData("11010519491231002X")] // the standard's example
    public void A_number_that_fails_a_check_or_is_part_of_a_run_is_none(string number) => Assert.Empty(Judged.Answer($"It is {number} there.").Found);

    [Fact]
    public void The_check_digit_is_that_of_MOD_11_2()
    {
        var valid = Enumerable.Range(0, 11).Count(i => ResidentNumber.IsOne("11010119900307261" + "0123456789X"[i]));
        Assert.Equal(1, valid);
    }

    [Theory]
    [InlineData("4539578763621486")]
    [InlineData("4539 5787 6362 1486")]
    [InlineData("4539-5787-6362-1486")]
    [InlineData("5425233430109903")]
    [InlineData("374245455400126")]
    [InlineData("3742 454554 00126")]
    [InlineData("6222021001098765438")]
    [InlineData("6222 0210 0109 8765 438")]
    public void A_bank_card_is_an_error(string number)
    {
        var compiled = Judged.Answer($"Pay with {number}, please.");

        Assert.Equal(["QA5006(23,10)"], compiled.Found);
        Assert.Equal(10 + number.Length, compiled.Diagnostics[0].Location.EndColumn);
        Assert.DoesNotContain(number[3..^3], compiled.Messages(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4539578763621487")] // check digit
    [InlineData("1539578763621482")] // no issuer
    [InlineData("4111 1111 1111 1111")] // a test card
    [InlineData("4242424242424242")]
    [InlineData("3.4539578763621486")]
    [InlineData("0x4539578763621486")]
    [InlineData("4539578763621486ab")]
    [InlineData("id_4539578763621486")]
    [InlineData("4539 5787 6362 1486 2211")]
    [InlineData("1999 4539 5787 6362 1486")]
    [InlineData("4539 5787-6362 1486")]
    public void Numbers_that_are_no_card_are_not_reported(string number) => Assert.Empty(Judged.Answer($"It is {number} there.").Found);

    [Fact]
    public void What_the_project_allows_is_not_reported() =>
        Assert.Empty(Judged.Answer("Pay with 4539578763621486.", options: ("AllowedContent", "4539578763621486")).Found);
}
