using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Docs;

/// <summary>What a declaration of the build declares.</summary>
public enum DeclarationKind
{
    /// <summary>A property.</summary>
    Property,

    /// <summary>An item.</summary>
    Item,

    /// <summary>A target.</summary>
    Target,
}

/// <summary>A public part of the build, with what the comment above it says.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Names">One name, or several that are explained together.</param>
/// <param name="Default">Null where there is none.</param>
/// <param name="Meaning">What it is for.</param>
/// <param name="Group">The table it stands in.</param>
public sealed record Declaration(DeclarationKind Kind, IReadOnlyList<string> Names, Bilingual? Default, Bilingual Meaning, Bilingual Group);
