using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review;
using QaBuild.Dataset.Review.Git;

namespace QaBuild.Tool;

/// <summary><c>qabuild review</c>: what waits for a reviewer, and what changed since it was signed off.</summary>
internal static class ReviewCommand
{
    private const int UsualLimit = 20;

    public static Command Create()
    {
        var (kb, property) = (CompileCommands.Kb(), CompileCommands.Property());
        var limit = new Option<int>("--limit", "-n") { Description = Bilingual.Here($"At most so many, {UsualLimit} when nothing is said; 0 for all.", $"最多列出多少个，不给出时为 {UsualLimit}；0 表示全部。"), DefaultValueFactory = _ => UsualLimit };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError(Bilingual.Here("The limit must not be negative.", "--limit 不能是负数。"));
            }
        });
        var command = new Verb(
            "review",
            "Lists what waits for a reviewer, the worst first, and what changed since a sign-off.",
            "列出等待审阅的问题（最要紧的在前），以及签署之后的改动。",
            "qabuild review",
            "qabuild review kb -p \"RequireReviews=test:2|h:1\" --limit 0") { kb, property, limit };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(CompileRequest.Of(parsed, kb, property), parsed.GetValue(limit), cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(CompileRequest request, int limit, CancellationToken cancellation)
    {
        var compilation = new Compilation(request.Files(cancellation), request.Settings, cancellation: cancellation);
        compilation.Parse();
        compilation.Link();
        compilation.Check();
        compilation.Split();
        var waiting = ReviewQueue.Of(compilation);
        var history = waiting.Any(w => w.Stale.Count > 0) ? History(request.Kb, cancellation) : null;
        foreach (var review in limit == 0 ? waiting : waiting.Take(limit))
        {
            var file = CompileCommands.Shown(review.Unit.File.FullPath);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}({review.Unit.Proofreading.Line}): {review.ToText(CultureInfo.CurrentUICulture)}"));
            foreach (var line in history is null ? [] : review.Stale.Where(s => s.State == SignOffState.Stale).SelectMany(s => ReviewQueue.Since(history, request.Kb, review.Unit, s) ?? [Say("ReviewUnknown", s.Reviewer)]))
            {
                Console.WriteLine("    " + line);
            }
        }

        if (limit > 0 && waiting.Count > limit)
        {
            Console.WriteLine(Say("ReviewMore", waiting.Count - limit));
        }

        Console.WriteLine(Say("ReviewSummary", waiting.Count, compilation.Units.Count));
        return ExitCode.Success;
    }

    // What waits is known without git, too.
    private static GitRepository? History(string kb, CancellationToken cancellation)
    {
        try
        {
            return GitRepository.Of(kb, cancellation);
        }
        catch (GitFaultException)
        {
            return null;
        }
    }

    private static string Say(string phrase, params object[] arguments) => Catalogue.Default.Format(new Phrase(phrase, arguments), CultureInfo.CurrentUICulture);
}
