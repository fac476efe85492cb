using System.Globalization;
using Microsoft.Build.Framework;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review;

namespace QaBuild.Tasks;

/// <summary>Fails when the dataset is not the approved one, and says what is other.</summary>
public sealed class VerifySnapshot : SnapshotTask
{
    private const int MostLines = 100;

    /// <inheritdoc/>
    private protected override bool Run(SnapshotReview review)
    {
        if (review.Verify(out var difference) is not { } finding)
        {
            return true;
        }

        var lines = difference?.Lines(CultureInfo.CurrentUICulture).ToArray() ?? [];
        foreach (var line in lines.Take(MostLines))
        {
            Log.LogMessage(MessageImportance.High, "{0}", line);
        }

        if (lines.Length > MostLines)
        {
            Log.LogMessage(MessageImportance.High, "{0}", Catalogue.Default.Format(new Phrase("SnapshotMore", lines.Length - MostLines), CultureInfo.CurrentUICulture));
        }

        Report(finding);
        return false;
    }
}
