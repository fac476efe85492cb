using QaBuild.Dataset.Review;

namespace QaBuild.Tasks;

/// <summary>Makes the dataset the approved one.</summary>
public sealed class AcceptSnapshot : SnapshotTask
{
    /// <inheritdoc/>
    private protected override bool Run(SnapshotReview review)
    {
        review.Accept();
        return true;
    }
}
