using System.Security.Cryptography;
using System.Text.Json.Nodes;
using QaBuild.Model.Gguf;

namespace QaBuild.Model.Packaging.Ollama;

/// <summary>
/// Makes a model in Ollama out of files on this machine: digests, uploads of what the server lacks, create. The model is made under a name of its own and gets
/// the wanted one only when it has proved itself, so that a failure leaves what was there before, and nothing half made.
/// </summary>
public sealed class OllamaImport(OllamaClient client, Action<OllamaProgress> progress)
{
    /// <summary>The ending of the tag that a model has while it is being proved.</summary>
    public const string TrialEnding = "-qabuild-trial";

    private const int Attempts = 3;

    /// <summary>Imports a model.</summary>
    /// <param name="wanted">The name that it gets.</param>
    /// <param name="model">What it is made of.</param>
    /// <param name="prove">Asks the model by the name it is given; what it throws ends the import, and the model is deleted.</param>
    /// <param name="cancellation">Ends the import, which then leaves nothing behind but files that a later import need not upload again.</param>
    /// <exception cref="ModelFaultException">QA8001, QA8002; QA7003 when a file cannot be read.</exception>
    public async Task RunAsync(string wanted, Modelfile model, Func<string, Task> prove, CancellationToken cancellation)
    {
        var name = OllamaModelName.WithTag(wanted);
        var request = Request(model, OllamaModelName.WithTag(name + TrialEnding));

        // Ollama would fetch a model that it lacks from the internet.
        if (model.From is { } from && await client.DigestOfAsync(OllamaModelName.WithTag(from), cancellation) is null)
        {
            throw new ModelFaultException(ModelFaults.OllamaRefused, "", client.Address.ToString(), new Reason("OllamaNoBase", from));
        }

        if (model.Weights is { } weights)
        {
            request["files"] = await UploadedAsync(weights, cancellation);
        }

        if (model.Adapter is { } adapter)
        {
            request["adapters"] = await UploadedAsync(adapter, cancellation);
        }

        var trial = (string)request["model"]!;
        try
        {
            await client.CreateAsync(request, status => progress(new OllamaProgress(new Reason("OllamaSays", status))), cancellation);
            await prove(trial);
            await client.CopyAsync(trial, name, cancellation);
        }
        catch
        {
            await ForgetAsync(trial);
            throw;
        }

        await client.DeleteAsync(trial, cancellation);
    }

    // docs/api.md, section "Create a Model".
    private static JsonObject Request(Modelfile model, string name)
    {
        var request = new JsonObject { ["model"] = name };
        foreach (var (key, value) in new[] { ("from", model.From), ("template", model.Template), ("system", model.System), ("license", model.License) })
        {
            if (value is { Length: > 0 })
            {
                request[key] = value;
            }
        }

        var parameters = new JsonObject();
        foreach (var named in model.Parameters.GroupBy(p => p.Name))
        {
            parameters[named.Key] = named.Key == "stop" ? new JsonArray([.. named.Select(p => p.ToJson())]) : named.Last().ToJson();
        }

        if (parameters.Count > 0)
        {
            request["parameters"] = parameters;
        }

        return request;
    }

    /// <summary>
    /// Uploads a file unless the server has it; a line that breaks is tried again from the start, since the server keeps no part of a file. That it arrived is asked of
    /// the server, not taken from its reply.
    /// </summary>
    private async Task<JsonObject> UploadedAsync(string path, CancellationToken cancellation)
    {
        // What is no whole model is not sent for hours to be refused.
        GgufFile.Open(path).Dispose();
        var file = Path.GetFileName(path);
        var digest = await DigestAsync(path, file, cancellation);
        for (var attempt = 1; !await client.HasBlobAsync(digest, cancellation); attempt++)
        {
            if (attempt > Attempts)
            {
                throw new ModelFaultException(ModelFaults.OllamaRefused, "", client.Address.ToString(), new Reason("OllamaKeepsNothing", file));
            }

            try
            {
                await using var content = Counted(path, new Reason(attempt == 1 ? "OllamaUploads" : "OllamaUploadsAgain", file));
                await client.UploadAsync(digest, content, cancellation);
            }
            catch (ModelFaultException e) when (attempt < Attempts && e.Arguments is [_, Reason { Name: "OllamaBrokenOff" }])
            {
                // The line may be whole again.
            }
        }

        return new JsonObject { [file] = digest };
    }

    private async Task<string> DigestAsync(string path, string file, CancellationToken cancellation)
    {
        await using var content = Counted(path, new Reason("OllamaReads", file));
        return "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
    }

    private CountedStream Counted(string path, Reason step)
    {
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.Asynchronous | FileOptions.SequentialScan);
            var length = stream.Length;
            return new CountedStream(stream, read => progress(new OllamaProgress(step, read, length)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, path, path, e.Message);
        }
    }

    // The caller hears of what went wrong first; that the server cannot be reached to clean up would hide it.
    private async Task ForgetAsync(string name)
    {
        try
        {
            await client.DeleteAsync(name, CancellationToken.None);
        }
        catch (ModelFaultException)
        {
            progress(new OllamaProgress(new Reason("OllamaNotDeleted", name)));
        }
    }
}
