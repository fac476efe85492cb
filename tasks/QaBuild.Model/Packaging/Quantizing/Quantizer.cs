using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;

namespace QaBuild.Model.Packaging.Quantizing;

/// <summary>Quantizes with llama.cpp, which keeps the metadata.</summary>
public static class Quantizer
{
    // llama.cpp passes on what the standard library of C++ says, which in each of them has this word.
    private const string FailedStream = "iostream";

    /// <summary>Writes a model in another type. A failure or a cancel leaves what was there.</summary>
    /// <param name="llama">llama.cpp; no model needs to be loaded.</param>
    /// <param name="input">A GGUF of F32, F16 or BF16.</param>
    /// <param name="output">Its folder is made when absent.</param>
    /// <param name="quantization">The type.</param>
    /// <param name="threads">0 for all processors.</param>
    /// <param name="cancellation">Ends llama.cpp.</param>
    /// <exception cref="ModelFaultException">QA7009: llama.cpp refuses; QA7003: what it wrote is not whole; QA7008: it died.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static async Task RunAsync(LlamaProcess llama, string input, string output, Quantization quantization, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(llama);
        ArgumentNullException.ThrowIfNull(quantization);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        var temporary = AtomicFile.TemporaryBeside(output);
        try
        {
            await llama.QuantizeAsync(input, temporary, quantization.FileType, threads, cancellation).ConfigureAwait(false);

            // A stream that ran out of disk may have said nothing.
            GgufFile.Open(temporary).Dispose();
            AtomicFile.Settle(temporary, output);
        }
        catch (ModelFaultException fault) when (fault.Code == ModelFaults.ModelNotLoaded && fault.Arguments.OfType<string>().Any(a => a.Contains(FailedStream, StringComparison.Ordinal)))
        {
            throw new IOException($"llama.cpp could not write '{output}': the disk may be full", fault);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
