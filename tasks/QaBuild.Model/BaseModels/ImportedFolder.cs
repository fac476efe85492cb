using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QaBuild.Model.Import;

namespace QaBuild.Model.BaseModels;

/// <summary>Imports a Hugging Face folder once, and again when a file of it or the importer changed.</summary>
internal static class ImportedFolder
{
    // What is imported in another way is imported again.
    private const string ImporterVersion = "1";

    public static BaseModel Resolve(string folder, string work, Action<long, long>? progress, CancellationToken cancellation)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var name = Path.GetFileName(full);
        if (!File.Exists(Path.Combine(full, "config.json")) && !File.Exists(Path.Combine(full, "tokenizer.json")) && !File.Exists(Path.Combine(full, "tokenizer.model")))
        {
            throw new ModelFaultException(ModelFaults.BaseModelUnusable, "", folder, new Reason("BaseModelNoFolder"));
        }

        var hasWeights = SafetensorsFolder.IsIn(full);

        // Two folders may have one name, and a name may have any characters.
        var place = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..8];
        var output = Path.Combine(work, $"{SafeName(name)}-{place}{(hasWeights ? "" : "-vocabulary")}.gguf");
        var keyFile = output + ".key";
        var key = Key(full);
        if (!File.Exists(output) || !File.Exists(keyFile) || File.ReadAllText(keyFile) != key)
        {
            Directory.CreateDirectory(work);
            File.Delete(keyFile);
            if (hasWeights)
            {
                HfImport.ImportModel(full, output, null, progress, cancellation);
            }
            else
            {
                HfImport.ImportVocabulary(full, output);
            }

            File.WriteAllText(keyFile, key);
        }

        return new BaseModel(BaseModelKind.HuggingFace, name, output, hasWeights);
    }

    private static string SafeName(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));

    // Times and lengths, as MSBuild tells changes: reading gigabytes to compare them takes as long as importing them.
    private static string Key(string folder)
    {
        var key = new StringBuilder(ImporterVersion).Append('\n');
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles().OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            key.Append(CultureInfo.InvariantCulture, $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}\n");
        }

        return key.ToString();
    }
}
