using System.Runtime.CompilerServices;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Tells an answer that is the question again: the same letters and digits in the same order.</summary>
internal static class EchoedQuestion
{
    public static bool IsOne(ReadOnlySpan<char> question, ReadOnlySpan<char> answer)
    {
        var any = false;
        for (int i = 0, j = 0; ; i++, j++, any = true)
        {
            i = NextLetter(question, i);
            j = NextLetter(answer, j);
            if (i == question.Length || j == answer.Length)
            {
                return any && i == question.Length && j == answer.Length;
            }

            if (char.ToLowerInvariant(question[i]) != char.ToLowerInvariant(answer[j]))
            {
                return false;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NextLetter(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && !char.IsLetterOrDigit(text[from]))
        {
            from++;
        }

        return from;
    }
}
