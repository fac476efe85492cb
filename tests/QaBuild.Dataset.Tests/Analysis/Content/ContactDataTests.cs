using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class ContactDataTests
{
    [Theory]
    [InlineData("Write to mara.lindqvist@northwind.se, please.", "mara.lindqvist@northwind.se")]
    [InlineData("Write to olga.sorokina@mail.ru there.", "olga.sorokina@mail.ru")]
    [InlineData("请发邮件到 chen.mo88@163.com。", "chen.mo88@163.com")]
    [InlineData("See <mailto:mara+pg@north-wind.co.uk>.", "mara+pg@north-wind.co.uk")]
    public void An_address_of_a_person_is_a_warning_where_it_stands(string answer, string address)
    {
        var compiled = Judged.Answer(answer, question: "谁 who?");

        var found = Assert.Single(compiled.Diagnostics);
        var column = answer.IndexOf(address, StringComparison.Ordinal) + 1;
        Assert.Equal((Rule.ContactData, Severity.Warning, 23, column, column + address.Length), (found.Rule, found.Severity, found.Location.Line, found.Location.Column, found.Location.EndColumn));
        Assert.DoesNotContain(address[..3], compiled.Messages(), StringComparison.Ordinal);
        Assert.DoesNotContain(address[^3..] + "'", compiled.Messages(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name@example.com")]
    [InlineData("mara@mail.example.org")]
    [InlineData("mara@db.test")]
    [InlineData("postgres@localhost")]
    [InlineData("noreply@northwind.se")]
    [InlineData("support@northwind.se")]
    [InlineData("pgsql-hackers@lists.postgresql.org")]
    [InlineData("git@github.com:postgres/postgres.git")]
    [InlineData("your_name@northwind.se")]
    [InlineData("mara@your-company.com")]
    [InlineData("john.doe42@gmail.com")]
    [InlineData("zhangsan@qq.com")]
    [InlineData("xxx@qq.com")]
    [InlineData("https://mara@northwind.se/wiki")]
    [InlineData("postgres://mara:<pw>@db.northwind.se/shop")]
    [InlineData("logo@2x.png")]
    [InlineData("react@18.2.0")]
    [InlineData("@media.print")]
    [InlineData("a @> b.cd")]
    public void Examples_offices_and_what_is_no_address_are_not_reported(string text) => Assert.Empty(Judged.Answer($"It is {text} there.").Found);

    [Theory]
    [InlineData("13957298846", 1)]
    [InlineData("+86 13957298846", 5)]
    [InlineData("+86-139-5729-8846", 5)]
    [InlineData("139 5729 8846", 1)]
    [InlineData("8613957298846", 1)]
    [InlineData("（13957298846）", 2)]
    public void A_mobile_number_is_a_warning(string number, int column)
    {
        var compiled = Judged.Answer($"{number} is the one on duty.");

        Assert.Equal([$"QA5007(23,{column})"], compiled.Found);
        Assert.DoesNotContain("5729", compiled.Messages(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("13800138000")]
    [InlineData("13812345678")]
    [InlineData("13900001111")]
    [InlineData("12957298846")] // no range of mobiles
    [InlineData("139572988461")]
    [InlineData("3.13957298846")]
    [InlineData("13957298846.5")]
    [InlineData("17179869184")] // 16 GiB
    [InlineData("qa_13957298846")]
    [InlineData("13957298846ms")]
    [InlineData("2026 139 5729 8846")]
    public void Other_numbers_are_not_reported(string number) => Assert.Empty(Judged.Answer($"It is {number} there.").Found);

    [Theory]
    [InlineData("mara@northwind.se")]
    [InlineData("MARA@Northwind.SE")]
    [InlineData("*@northwind.se")]
    [InlineData("*.northwind.se")]
    [InlineData("x; *.northwind.se")]
    public void What_the_project_allows_is_not_reported(string allowed) =>
        Assert.Empty(Judged.Answer("Ask mara@northwind.se there.", options: ("AllowedContent", allowed)).Found);

    [Theory]
    [InlineData("*.wind.se")]
    [InlineData("northwind.se")]
    [InlineData("ara@northwind.se")]
    public void A_pattern_allows_no_more_than_it_says(string allowed) =>
        Assert.Equal(["QA5007(23,5)"], Judged.Answer("Ask mara@northwind.se there.", options: ("AllowedContent", allowed)).Found);

    [Fact]
    public void A_subdomain_is_allowed_with_its_domain() =>
        Assert.Empty(Judged.Answer("Ask mara@post.northwind.se there.", options: ("AllowedContent", "*.northwind.se")).Found);

    [Fact]
    public void One_file_can_suppress_it() =>
        Assert.Empty(Judged.Answer("Ask mara@northwind.se there.", front: "suppress:\n  - code: QA5007\n    reason: She publishes it herself.").Found);
}
