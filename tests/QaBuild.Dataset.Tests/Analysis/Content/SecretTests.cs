using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class SecretTests
{
    public static TheoryData<string> Vendors => [.. Fake.Keys.Keys];

    [Fact]
    public void A_private_key_is_an_error_at_its_line()
    {
        var compiled = Judged.Answer("Put this into server.key:\n\n```\n" + Fake.Pem + "\n```");

        var found = Assert.Single(compiled.Diagnostics);
        Assert.Equal((Rule.Secret, Severity.Error), (found.Rule, found.Severity));
        Assert.Equal((26, 1, 32), (found.Location.Line, found.Location.Column, found.Location.EndColumn));
        Assert.Contains("a private key", compiled.Report, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public void A_vendors_key_is_an_error_and_no_message_shows_it(string vendor)
    {
        var key = Fake.Keys[vendor];
        var compiled = Judged.Answer($"Run it with the key `{key}` and wait.");

        var found = Assert.Single(compiled.Diagnostics);
        Assert.Equal(Rule.Secret, found.Rule);
        var secret = key.Replace("AccountKey=", "", StringComparison.Ordinal).TrimEnd('=');
        Assert.Equal(22 + key.IndexOf(secret, StringComparison.Ordinal), found.Location.Column);
        Assert.Equal(found.Location.Column + secret.Length, found.Location.EndColumn);
        AssertMasked(secret, compiled);
    }

    [Fact]
    public void A_web_token_is_an_error_when_its_header_names_an_algorithm()
    {
        Assert.Equal(["QA5005(23,8)"], Judged.Answer($"Bearer {Fake.WebToken} is sent.").Found);
        AssertMasked(Fake.WebToken, Judged.Answer($"Bearer {Fake.WebToken} is sent."));
        Assert.Empty(Judged.Answer($"Bearer {Fake.Token("{\"typ\":\"JWT\"}")} is sent.").Found);
        Assert.Empty(Judged.Answer($"Bearer {Fake.WebToken[..40]}... is sent.").Found);
    }

    [Theory]
    [InlineData("psql postgres://app:{0}@db.corp.cn:5432/shop")]
    [InlineData("psql \"host=db user=app password={0} dbname=shop\"")]
    [InlineData("psql \"host=db user=app password='{0}' dbname=shop\"")]
    [InlineData("jdbc:postgresql://db/shop?user=app&password={0}")]
    [InlineData("Server=db;User Id=app;Password={0};Database=shop")]
    [InlineData("Server=db;Uid=app;Pwd = {0};")]
    [InlineData("psycopg2.connect(host=\"db\", password=\"{0}\")")]
    [InlineData("export PGPASSWORD={0}")]
    [InlineData("docker run -e POSTGRES_PASSWORD={0} postgres:17")]
    [InlineData("用 redis://:{0}@10.0.0.3:6379/0，即可连接。")]
    public void A_password_of_a_connection_is_an_error_where_it_stands(string form)
    {
        const string Password = "kV7mQz2Rw";
        var compiled = Judged.Answer(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, Password));
        var column = form.IndexOf("{0}", StringComparison.Ordinal) + 1;

        Assert.Equal([$"QA5005(23,{column})"], compiled.Found);
        Assert.Equal(column + Password.Length, compiled.Diagnostics[0].Location.EndColumn);
        AssertMasked(Password, compiled);
    }

    [Theory]
    [InlineData("<password>")]
    [InlineData("****")]
    [InlineData("********1a")]
    [InlineData("$PGPASS99")]
    [InlineData("${DB_PW_2026}")]
    [InlineData("{db_pw_2026}")]
    [InlineData("%DB_PW_1%")]
    [InlineData("[YOUR-PW-99]")]
    [InlineData("your_password1")]
    [InlineData("密码")]
    [InlineData("MyS3cret!99")]
    [InlineData("changeme123")]
    [InlineData("P@ssw0rd!")]
    [InlineData("postgres2026")]
    [InlineData("examplePW77")]
    [InlineData("xxxxxxxx1")]
    [InlineData("hunter2!hunter2")]
    [InlineData("short1!")]
    [InlineData("onlyletters")]
    [InlineData("os.environ['DB']")]
    public void A_stopgap_for_a_password_is_none(string stopgap)
    {
        Assert.Empty(Judged.Answer($"Use `psql postgres://app:{stopgap}@db/shop` there.").Found);
        Assert.Empty(Judged.Answer($"Use `host=db user=app password={stopgap} dbname=shop` there.").Found);
        Assert.Empty(Judged.Answer($"Use `PGPASSWORD={stopgap} psql` there.").Found);
    }

    [Theory]
    [InlineData("The password is checked: password=kV7mQz2Rw is not sent.")] // names no host, user or database
    [InlineData("connect(host=db, password=getpw(2026)x)")]
    [InlineData("ALTER ROLE app PASSWORD 'kV7mQz2Rw';")]
    [InlineData("See http://host:8080/a@b2 for it.")]
    [InlineData("Install sk-learn-contrib-tools-2024-edition-extras first.")]
    [InlineData("The task-49fJd83kDkf92jfKd83kf9 is done.")]
    [InlineData("hf_transformers_model_for_sequences_of_tokens")]
    public void What_only_resembles_a_secret_is_none(string answer) => Assert.Empty(Judged.Answer(answer).Found);

    [Fact]
    public void A_key_that_stands_for_a_key_is_none()
    {
        Assert.Empty(Judged.Answer("Set `AKIA" + "IOSFODNN7EXAMPLE` there.").Found);
        Assert.Empty(Judged.Answer("Set `sk-" + new string('x', 48) + "` there.").Found);
        Assert.Empty(Judged.Answer("Set `ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789` there.").Found);
        Assert.Empty(Judged.Answer($"-----BEGIN {"PRIVATE"} KEY-----\nMIIEv...\n-----END {"PRIVATE"} KEY-----").Found);
    }

    [Fact]
    public void Every_text_that_becomes_part_of_a_row_is_looked_at()
    {
        var key = Fake.Keys["GitHub"];
        Assert.Equal(["QA5005(19,4)"], Judged.Answer("Yes.", question: $"Is {key} right?").Found);
        Assert.Equal(["QA5005(3,1)"], Judged.Answer("Yes.", front: $"paraphrases:\n  - Is {key} right?").Found);
        Assert.Equal(["QA5005(2,1)"], Judged.Answer("Yes.", front: $"system: The key is {key}").Found);
        Assert.Equal(["QA5005(3,3)"], Judged.Answer("Yes.", front: $"context:\n  text: The key is {key}").Found);
        Assert.Contains("QA5005", Judged.Answer("Yes.", front: $"tools:\n  - name: f\n    description: {key}").Codes);
    }

    [Fact]
    public void A_document_is_looked_at_piece_by_piece()
    {
        var key = Fake.Keys["GitHub"];
        var compiled = Compiled.Of(
            new Dictionary<string, string> { [Qa.Path] = Qa.Text(), ["docs/a.md"] = $"# A\n\nText.\n\n# B\n\nThe key {key} is\n" },
            ("SplitRatio", "1/0/0"), ("MaxDocumentLength", "100"));

        Assert.Equal(["QA5005(7,9)"], compiled.Found);
        AssertMasked(key, compiled);
    }

    [Fact]
    public void Each_place_is_reported()
    {
        var key = Fake.Keys["GitLab"];
        Assert.Equal(["QA5005(23,1)", "QA5005(23,31)", "QA5005(25,4)"], Judged.Answer($"{key} to {key}\n\nor {key}").Found);
    }

    [Fact]
    public void What_the_project_allows_is_not_reported()
    {
        var key = Fake.Keys["GitLab"];
        Assert.Empty(Judged.Answer($"Use {key} there.", options: ("AllowedContent", $"other; {key}")).Found);
        Assert.NotEmpty(Judged.Answer($"Use {key} there.", options: ("AllowedContent", key[..10])).Found);
    }

    private static void AssertMasked(string secret, Compiled compiled)
    {
        Assert.NotEmpty(compiled.Diagnostics);
        for (var i = 0; i + 3 <= secret.Length; i++)
        {
            Assert.DoesNotContain($"'{secret.AsSpan(0, 3)}", compiled.Messages(), StringComparison.Ordinal);
            Assert.DoesNotContain($"{secret.AsSpan(secret.Length - 3)}'", compiled.Messages(), StringComparison.Ordinal);
            Assert.DoesNotContain(secret.Substring(Math.Min(i, secret.Length - 6), 6), compiled.Messages(), StringComparison.Ordinal);
        }
    }
}
