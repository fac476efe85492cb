using QaBuild.Tests;

namespace QaBuild.Sdk.Tests.Packages;

/// <summary><c>dotnet tool install qabuild</c>.</summary>
public sealed class ToolPackageTests
{
    [Fact]
    public async Task The_installed_tool_checks_a_kb_explains_itself_and_completes_in_bash()
    {
        using var consumer = await Consumer.Create();
        (await consumer.Dotnet("tool", "install", "qabuild", "--tool-path", "bin", "--version", consumer.Version)).Exits(0);
        var tool = consumer.Place(OperatingSystem.IsWindows() ? "bin/qabuild.exe" : "bin/qabuild");

        consumer.Write($"kb/{Qa.Path}", Qa.Text(related: "qa_l_999.md"));
        (await consumer.Run(tool, "check")).Exits(1).Says("kb/job_dba/skill_sql/qa_l_001.md(15,1): error QA2001: ");
        (await consumer.Run(tool, "--help")).Exits(0).Says("check <kb>").Says("Exit codes:").Says("130  cancelled").NeverSays("llama-host");
        (await consumer.Run(tool, "check", "--help")).Exits(0).Says("Examples:\n  qabuild check\n");
        (await consumer.Run(tool, "chekc")).Exits(2);
        (await consumer.Run(tool, "--version")).Exits(0).Says(consumer.Version);

        if (!OperatingSystem.IsWindows())
        {
            const string Script = """
                PATH="$PWD/bin:$PATH"; source <(qabuild completion bash)
                COMP_LINE='qabuild new qa --lev'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(qabuild new qa --lev); COMP_CWORD=3; _qabuild
                echo "completed: ${COMPREPLY[*]}"
                """;
            (await consumer.Run("bash", "-c", Script)).Exits(0).Says("completed: --level");
        }
    }
}
