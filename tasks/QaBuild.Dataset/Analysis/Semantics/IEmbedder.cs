namespace QaBuild.Dataset.Analysis.Semantics;

/// <summary>Makes vectors of texts: texts that mean the same lie in nearly the same direction.</summary>
internal interface IEmbedder
{
    /// <summary>Length of every vector.</summary>
    int Dimensions { get; }

    /// <summary>Names everything that decides what a text's vector is: vectors of one identity may be kept and compared with each other.</summary>
    string Identity { get; }

    /// <summary>Fills <paramref name="vector"/>; with zeros when the model knows too little of the text. Any thread may call it.</summary>
    void Embed(string text, Span<float> vector);
}
