using System.Globalization;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Content;

/// <summary>One question and its answer, compiled.</summary>
internal static class Judged
{
    private static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");

    public static Compiled Answer(string answer, string question = "What is MVCC?", string front = "", params (string Name, string Value)[] options) =>
        Compiled.Of(Qa.Text(question: question, answer: answer, front: front), [("SplitRatio", "1/0/0"), .. options]);

    /// <summary>Every message in both languages.</summary>
    public static string Messages(this Compiled compiled) =>
        compiled.Report + "\n" + string.Join('\n', compiled.Diagnostics.Select(d => d.ToString(Chinese)));
}
