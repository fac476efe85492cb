namespace QaBuild.Dataset.Analysis.Balance;

/// <summary>What a question asks for, by the word that it asks with: the specification's question forms, and the rest of the question words.</summary>
internal enum QuestionForm
{
    Where,
    What,
    Difference,
    Why,
    How,
    When,
    Who,
    Which,
    HowMany,
    Whether,
    Other,
}
