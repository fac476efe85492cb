using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model;
using QaBuild.Tool;

// The language of the .NET CLI, when it is set, is the language of `dotnet build`; the tool says the same things.
if (Environment.GetEnvironmentVariable("DOTNET_CLI_UI_LANGUAGE") is { Length: > 0 } language)
{
    CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
}

// What reads a redirected output expects UTF-8, whatever a terminal of this machine would want.
if (Console.IsOutputRedirected)
{
    Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
}

try
{
    // A cancelled import removes what it wrote, which takes seconds for many files; training ends the batch that it is in.
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(2) };
    var parsed = Verbs.Root().Parse(args);
    var exitCode = await parsed.InvokeAsync(configuration);
    return parsed.Action is ParseErrorAction ? ExitCode.Unusable : exitCode;
}
catch (OperationCanceledException)
{
    return ExitCode.Cancelled;
}
catch (ModelFaultException fault)
{
    foreach (var each in fault.Others.Prepend(fault))
    {
        Console.WriteLine(ModelFaultReport.Of(each).ToString(CultureInfo.CurrentUICulture));
    }

    return ExitCode.Failed;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.WriteLine(new Diagnostic(Rule.OutputUnwritable, Severity.Error, Location.None, [Directory.GetCurrentDirectory(), e.Message]).ToString(CultureInfo.CurrentUICulture));
    return ExitCode.Failed;
}
#pragma warning disable CA1031 // whatever escapes is a fault of ours, and says so
catch (Exception e)
#pragma warning restore CA1031
{
    await Console.Error.WriteLineAsync(new Diagnostic(Rule.InternalFault, Severity.Error, Location.None, [e.ToString()]).ToString(CultureInfo.CurrentUICulture));
    return ExitCode.Failed;
}
