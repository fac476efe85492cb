using System.Text;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Importing;

/// <summary>Reads a qa file back before it is written, as the compiler will: what the compiler would refuse, or read otherwise, is not taken.</summary>
internal sealed class QaProof(string root, string? eos)
{
    private readonly SpecialTokens _special = new(ModelTokens.Known, eos ?? ModelTokens.DefaultEos);

    /// <exception cref="NotTakenException">The file has an error or does not say what <paramref name="turn"/> says.</exception>
    public void Check(string path, ReadOnlySpan<byte> content, ImportedTurn turn, JObject front)
    {
        var diagnostics = new DiagnosticBag();
        var file = new SourceList(root, [path], []).Sources[0];
        if (content.Length > SourceReader.LargestFile)
        {
            diagnostics.Add(Rule.FileTooLarge, Location.Start(path), content.Length, SourceReader.LargestFile);
        }

        var unit = diagnostics.HasErrors ? null : new SourceReader(root, diagnostics).Decode(file, content, new QaParser(diagnostics).Parse)?.Unit;
        if (unit is not null)
        {
            _special.Check(unit, diagnostics);
        }

        if (diagnostics.HasErrors)
        {
            throw new NotTakenException("ImportRefused", diagnostics.Sorted().First(d => d.Severity == Severity.Error));
        }

        if (unit is null || unit.Question.Text != SourceBody.Normalize(turn.Question) || unit.Answer.Text != SourceBody.Normalize(turn.Answer)
            || !JToken.DeepEquals(unit.FrontMatter.Json ?? [], front))
        {
            throw new NotTakenException("ImportNotExact");
        }
    }

    /// <summary>The bytes of a file's text.</summary>
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
