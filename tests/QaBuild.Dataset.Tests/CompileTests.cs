using QaBuild.Tests;

namespace QaBuild.Dataset.Tests;

public sealed class CompileTests
{
    [Fact]
    public void A_question_and_its_answer_become_a_row_that_ends_with_one_eos_token() =>
        Assert.Equal(["{\"prompt\":\"What is MVCC?\",\"completion\":\"Many versions of a row.<|endoftext|>\"}"], Compiled.Of(Qa.Text()).Rows);
}
