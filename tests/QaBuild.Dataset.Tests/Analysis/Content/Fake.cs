using System.Buffers.Text;
using System.Text;

namespace QaBuild.Dataset.Tests.Analysis.Content;

/// <summary>Keys that open nothing, made when a test runs: in the source they would set off the scanners of code hosts.</summary>
internal static class Fake
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Alphanumeric = Letters + "abcdefghijklmnopqrstuvwxyz0123456789";

    public static string Pem { get; } = $"-----BEGIN RSA {"PRIVATE"} KEY-----\n{Random(64)}\n{Random(40)}\n-----END RSA {"PRIVATE"} KEY-----";

    public static string WebToken { get; } = Token("{\"alg\":\"HS256\"}");

    public static string Random(int length, string alphabet = Alphanumeric)
    {
        var text = new StringBuilder();
        for (var state = 20_261_123u; text.Length < length; state = (state * 1_664_525) + 1_013_904_223)
        {
            text.Append(alphabet[(int)((state >> 16) % alphabet.Length)]);
        }

        return text.ToString();
    }

    public static string Token(string header) =>
        $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString("{\"sub\":\"u-77\"}"u8)}.{Random(43)}";

    /// <summary>A key of each vendor, by its name.</summary>
    public static Dictionary<string, string> Keys { get; } = new()
    {
        ["AWS"] = "AKIA" + Random(16, Letters + "234567"),
        ["AWS for a session"] = "ASIA" + Random(16, Letters + "234567"),
        ["Google"] = "AIza" + Random(35),
        ["GitHub"] = "ghp_" + Random(36),
        ["GitHub, fine-grained"] = "github_pat_" + Random(22) + "_" + Random(59),
        ["GitLab"] = "glpat-" + Random(20),
        ["Slack"] = "xoxb-" + Random(12, "0123456789") + "-" + Random(24),
        ["Alibaba"] = "LTAI" + Random(20),
        ["Tencent"] = "AKID" + Random(32),
        ["OpenAI"] = "sk-" + Random(48),
        ["OpenAI, of a project"] = "sk-proj-" + Random(60),
        ["Anthropic"] = "sk-ant-" + "api03-" + Random(80),
        ["Hugging Face"] = "hf_" + Random(34, Letters + "abcdefghijklmnopqrstuvwxyz"),
        ["Azure"] = "AccountKey=" + Random(86) + "==",
    };
}
