using QaBuild.Model.Chat;
using QaBuild.Model.Training.Data;

namespace QaBuild.Model.Tests.Chat;

/// <summary>Rows with tools, as the template of Qwen2.5 writes them: the expected text is what Jinja made of that template and this row.</summary>
public sealed class ToolMessagesTests
{
    private const string Asked =
        """
        {"role":"user","content":"How large are 订单 and \"users\"?"},
        {"role":"assistant","content":"","tool_calls":[
          {"id":"call_1","type":"function","function":{"name":"table_size","arguments":"{\"table\":\"订单\",\"units\":[\"MB\",1.5,null]}"}},
          {"id":"call_2","type":"function","function":{"name":"table_size","arguments":"{\"table\":\"a \\\"b\\\"\\n\"}"}}]},
        {"role":"tool","tool_call_id":"call_1","content":"{\"MB\": 12}"},{"role":"tool","tool_call_id":"call_2","content":"3 MB"},
        {"role":"assistant","content":"12 MB and 3 MB."}
        """;

    private const string Tools =
        """[{"type":"function","function":{"name":"table_size","description":"大小 of a table","parameters":{"type":"object","properties":{"table":{"type":"string"}},"required":[],"strict":true}}}]""";

    private const string Declared =
        """
        # Tools

        You may call one or more functions to assist with the user query.

        You are provided with function signatures within <tools></tools> XML tags:
        <tools>
        {"type": "function", "function": {"name": "table_size", "description": "大小 of a table", "parameters": {"type": "object", "properties": {"table": {"type": "string"}}, "required": [], "strict": true}}}
        </tools>

        For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
        <tool_call>
        {"name": <function-name>, "arguments": <args-json-object>}
        </tool_call><|im_end|>

        """;

    private const string Told =
        """
        <|im_start|>user
        How large are 订单 and "users"?<|im_end|>
        <|im_start|>assistant
        [<tool_call>
        {"name": "table_size", "arguments": {"table": "订单", "units": ["MB", 1.5, null]}}
        </tool_call>
        <tool_call>
        {"name": "table_size", "arguments": {"table": "a \"b\"\n"}}
        </tool_call><|im_end|>]
        <|im_start|>user
        <tool_response>
        {"MB": 12}
        </tool_response>
        <tool_response>
        3 MB
        </tool_response><|im_end|>
        <|im_start|>assistant
        [12 MB and 3 MB.<|im_end|>]

        """;

    private static readonly ChatTemplate Qwen = new(ChatFormat.ChatMl, "You are Qwen.", ["<|im_end|>"]);

    private static readonly ChatTemplate Plain = new(ChatFormat.ChatMl, null, ["<|im_end|>"]);

    [Fact]
    public void Tools_calls_and_results_stand_where_the_model_s_own_template_has_them_and_calls_are_learned() =>
        Assert.Equal($"<|im_start|>system\n简短。\n\n{Declared}{Told}", Read(Plain, $$"""{"messages":[{"role":"system","content":"简短。"},{{Asked}}],"tools":{{Tools}}}"""));

    [Fact]
    public void Without_a_system_message_the_template_s_own_comes_first_or_none()
    {
        var row = $$"""{"messages":[{{Asked}}],"tools":{{Tools}}}""";
        Assert.Equal($"<|im_start|>system\nYou are Qwen.\n\n{Declared}{Told}", Read(Qwen, row));
        Assert.Equal($"<|im_start|>system\n{Declared}{Told}", Read(Plain, row));
    }

    [Fact]
    public void Words_before_a_call_stay_and_no_tools_need_be_declared() => Assert.Equal(
        "<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n[I look.\n<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call><|im_end|>]\n",
        Read(Plain, """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"I look.","tool_calls":[{"type":"function","function":{"name":"f","arguments":"{}"}}]}],"tools":[]}"""));

    [Theory]
    [InlineData("""{"messages":[{"role":"assistant","content":"a","tool_calls":[{}]}]}""")]
    [InlineData("""{"messages":[{"role":"assistant","content":"a","tool_calls":7}]}""")]
    [InlineData("""{"messages":[{"role":"assistant","content":"a","tool_calls":[{"function":{"name":"f","arguments":"{"}}]}]}""")]
    [InlineData("""{"messages":[{"role":"tool","tool_call_id":"1"},{"role":"assistant","content":"a"}]}""")]
    [InlineData("""{"messages":[{"role":"assistant","content":"a"}],"tools":{"f":1}}""")]
    public void What_is_not_told_as_in_the_api_is_a_row_of_no_known_format(string row)
    {
        var fault = Assert.Throws<ModelFaultException>(() => Read(Plain, row));
        Assert.Equal((ModelFaults.TrainingRowMalformed, "RowToolShape"), (fault.Code, Assert.IsType<Reason>(fault.Arguments[^1]).Name));
    }

    [Fact]
    public void Other_templates_have_no_way_to_write_tools()
    {
        var fault = Assert.Throws<ModelFaultException>(() => Read(new ChatTemplate(ChatFormat.Llama3, null, ["<|eot_id|>"]), $$"""{"messages":[{{Asked}}],"tools":{{Tools}}}"""));
        Assert.Equal("RowTools(llama3)", fault.Arguments[^1].ToString());
    }

    // What is learned stands in brackets.
    private static string Read(ChatTemplate template, string row)
    {
        var reader = new RowReader(new Lazy<ChatTemplate>(template), null, DatasetManifest.None);
        return string.Concat(reader.Read(row.ReplaceLineEndings("")).Segments.Select(s => s.IsAnswer ? $"[{s.Text}]" : s.Text));
    }
}
