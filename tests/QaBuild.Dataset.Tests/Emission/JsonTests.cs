using System.Text;
using System.Text.Json;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Emission;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Emission;

public sealed class JsonTests
{
    [Theory]
    [InlineData("中文　“引号”，😀 é ¥ < > & ' / + \u2028 \u2029 \u00A0 \u200B \uFFFD \u007F", null)]
    [InlineData("a\"b\\c", "a\\\"b\\\\c")]
    [InlineData("a\nb\tc", "a\\nb\\tc")]
    [InlineData("\b\f\r\u0000\u0001\u001f", "\\b\\f\\r\\u0000\\u0001\\u001f")]
    public void Only_what_json_demands_is_escaped(string text, string? json) =>
        Assert.Equal($"\"{json ?? text}\"", Encoding.UTF8.GetString(new JsonLine().Text(text).Written));

    [Fact]
    public void Any_text_reads_back_as_it_was()
    {
        var random = new Random(7);
        var line = new JsonLine();
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(4) switch { 0 => ((char)random.Next(0x80)).ToString(), 1 => "😀", 2 => "\\", _ => ((char)random.Next(0x80, 0xD800)).ToString() }));
            line.Clear();
            Assert.Equal(text, JsonSerializer.Deserialize<string>(line.Text(text).Written));
        }
    }

    [Fact]
    public void A_token_of_the_front_matter_is_written_in_its_own_order()
    {
        const string Json = """{"z":1,"a":[true,null,"x",{"é":-1.5}],"m":{}}""";
        var token = JToken.Parse(Json, new JsonLoadSettings());
        token["a"]![3]!["é"] = -1.5m;
        Assert.Equal(Json, Encoding.UTF8.GetString(new JsonLine().Token(token).Written));
    }

    [Fact]
    public void Rows_end_with_line_feeds_and_files_have_no_byte_order_mark()
    {
        using var folder = new TemporaryFolder();
        Compiled.Of(Qa.Files(30)).Emitted!.WriteTo(folder.Path);
        foreach (var file in Directory.GetFiles(folder.Path).Where(f => Path.GetFileName(f) != "dropped.jsonl"))
        {
            var bytes = File.ReadAllBytes(file);
            Assert.Equal(((byte)'{', (byte)'\n'), (bytes[0], bytes[^1]));
            Assert.DoesNotContain((byte)'\r', bytes);
        }
    }
}
