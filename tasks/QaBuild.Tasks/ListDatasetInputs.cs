using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Build.Framework;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;

namespace QaBuild.Tasks;

/// <summary>
/// Keeps a digest of the inputs' names and of the options in a file that changes only when they do. MSBuild's own Hash task depends on the order of the items,
/// and MSBuild finds the files of a large folder in another order each time.
/// </summary>
public sealed class ListDatasetInputs : DatasetTask
{
    /// <summary>Names of the input files, in any order.</summary>
    public string[] Inputs { get; set; } = [];

    /// <summary>Properties: the item is the name, the metadata <c>Value</c> the value.</summary>
    public ITaskItem[] Options { get; set; } = [];

    /// <summary>The file to keep.</summary>
    [Required]
    public string File { get; set; } = "";

    /// <inheritdoc/>
    protected override bool Run()
    {
        var sum = UInt128.Zero;
        foreach (var text in Inputs.Concat(Options.Select(o => $"{o.ItemSpec}={o.GetMetadata("Value")}")))
        {
            unchecked
            {
                sum += Digest(text);
            }
        }

        try
        {
            OutputFiles.Write(File, Encoding.UTF8.GetBytes($"{sum:x32} {Inputs.Length}\n"));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(new Diagnostic(Rule.OutputUnwritable, Severity.Error, Location.None, [File, e.Message]));
            return false;
        }
    }

    private static UInt128 Digest(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
