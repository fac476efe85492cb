using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Tool;

/// <summary>System.CommandLine's help, then a verb's examples, or for the tool itself what it returns.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private static string ExitCodes => Bilingual.Here(
        $"""
        Exit codes:
          {ExitCode.Success,-4} success, perhaps with warnings
          {ExitCode.Failed,-4} an error in the sources, the options or the model; 'leaks' found something
          {ExitCode.Unusable,-4} the command line makes no sense, or 'leaks' could read no record of a file
          {ExitCode.Cancelled,-4} cancelled (Ctrl-C)
        """,
        $"""
        退出码：
          {ExitCode.Success,-4} 成功，可能有警告
          {ExitCode.Failed,-4} 源文件、选项或模型有错误；'leaks' 查到了泄漏
          {ExitCode.Unusable,-4} 命令行不合理，或 'leaks' 读不出文件里的任何记录
          {ExitCode.Cancelled,-4} 已取消（Ctrl-C）
        """);

    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
        {
            output.WriteLine(Bilingual.Here("Examples:", "示例："));
            foreach (var example in verb.Examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }
        else if (parseResult.CommandResult.Command is RootCommand)
        {
            output.WriteLine(ExitCodes);
            output.WriteLine();
        }

        return result;
    }
}
