using System.Globalization;
using QaBuild.Dataset.Analysis.Semantics;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Semantics;

/// <summary>A model folder as it is opened.</summary>
internal static class Opened
{
    /// <summary>The model of a folder without fault.</summary>
    public static IEmbedder Model(TemporaryFolder folder)
    {
        var diagnostics = new DiagnosticBag();
        var model = StaticModelFolder.Open(folder.Path, diagnostics);
        Assert.Empty(diagnostics.Sorted());
        return model!;
    }

    /// <summary>The model of these files.</summary>
    public static IEmbedder Model(byte[] table, byte[] tokenizer, string config = TinyModel.Config)
    {
        using var folder = TinyModel.Folder(table, tokenizer, config);
        return Model(folder);
    }

    /// <summary>The finding about a folder that cannot be opened.</summary>
    public static string Message(TemporaryFolder folder)
    {
        var diagnostics = new DiagnosticBag();
        Assert.Null(StaticModelFolder.Open(folder.Path, diagnostics));
        var found = Assert.Single(diagnostics.Sorted());
        Assert.Equal((Rule.SemanticModelUnusable, folder.Path), (found.Rule, found.Location.Path));
        return found.Message(CultureInfo.GetCultureInfo("en"));
    }
}
