using System.Diagnostics;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Tool;

/// <summary>A line on stderr that says how far long work is; nothing when it is short or stderr is no terminal.</summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly bool _terminal = !Console.IsErrorRedirected;
    private TimeSpan _next = Patience;
    private int _width;

    /// <summary>Shows what <paramref name="phrase"/> makes of the time that has passed, when it is time to.</summary>
    public void Show(Func<TimeSpan, Phrase> phrase)
    {
        if (!_terminal || _clock.Elapsed < _next)
        {
            return;
        }

        _next = _clock.Elapsed + Pause;
        var line = Catalogue.Default.Format(phrase(_clock.Elapsed), CultureInfo.CurrentUICulture);
        Console.Error.Write("\r" + line.PadRight(_width));
        _width = Math.Max(_width, line.Length);
    }

    /// <summary>Takes the line away, for another to be written in its place.</summary>
    public void Clear()
    {
        if (_width > 0)
        {
            Console.Error.Write("\r" + new string(' ', _width * 2) + "\r");
            _width = 0;
        }
    }

    public void Dispose() => Clear();
}
