using System.CommandLine;

namespace QaBuild.Tool;

/// <summary><c>qabuild import FILE --to DIR</c>: writes qa files from datasets in other shapes.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file");
        var command = new Command("import", "Writes qa files from a dataset.") { file };
        return command;
    }
}
