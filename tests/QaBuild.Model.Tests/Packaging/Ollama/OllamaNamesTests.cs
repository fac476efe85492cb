using QaBuild.Model.Packaging.Ollama;

namespace QaBuild.Model.Tests.Packaging.Ollama;

public sealed class OllamaNamesTests
{
    [Theory]
    [InlineData(null, "http://127.0.0.1:11434/")]
    [InlineData("", "http://127.0.0.1:11434/")]
    [InlineData("0.0.0.0", "http://127.0.0.1:11434/")]
    [InlineData(":8080", "http://127.0.0.1:8080/")]
    [InlineData("box", "http://box:11434/")]
    [InlineData("box:80", "http://box/")]
    [InlineData("https://box", "https://box/")]
    [InlineData("http://box:1234/", "http://box:1234/")]
    [InlineData("http://box/ollama", "http://box/ollama/")]
    [InlineData("[::1]:9000", "http://[::1]:9000/")]
    [InlineData("::1", "http://[::1]:11434/")]
    [InlineData("\"box:9\"", "http://box:9/")]
    public void An_address_reads_as_Ollama_reads_it(string? text, string expected) => Assert.Equal(expected, OllamaAddress.Parse(text).ToString());

    [Theory]
    [InlineData("box:99999")]
    [InlineData("box:port")]
    [InlineData("ftp://box")]
    [InlineData("a b")]
    public void What_is_no_address_is_a_finding(string text) => Assert.Equal(ModelFaults.OllamaUnreachable, Assert.Throws<ModelFaultException>(() => OllamaAddress.Parse(text)).Code);

    [Theory]
    [InlineData("pg", "pg:latest")]
    [InlineData("pg:v1", "pg:v1")]
    [InlineData("team/pg", "team/pg:latest")]
    [InlineData("host.example:5000/team/pg:q8_0", "host.example:5000/team/pg:q8_0")]
    public void A_name_without_a_tag_is_the_latest(string name, string expected) => Assert.Equal(expected, OllamaModelName.WithTag(name));

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("../pg")]
    [InlineData("pg:")]
    [InlineData("pg:a:b")]
    [InlineData("数据库")]
    public void What_is_no_name_is_a_finding(string name) => Assert.Equal(ModelFaults.OllamaRefused, Assert.Throws<ModelFaultException>(() => OllamaModelName.WithTag(name)).Code);
}
