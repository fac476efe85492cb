namespace QaBuild.Dataset.Tests.Reporting;

/// <summary>A test of a report in a real browser; it says so and skips where there is none, or no npm.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Browser.Chromium is null)
        {
            Skip = "needs Chromium, which is not on this machine";
        }
        else if (!Browser.Programs("npm", "npm.cmd").Any())
        {
            Skip = "needs npm, which is not on this machine";
        }
    }
}

/// <summary>As <see cref="BrowserFactAttribute"/>, once for each row of data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = new BrowserFactAttribute().Skip;
}
