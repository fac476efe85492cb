using System.Diagnostics;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Importing;

namespace QaBuild.Tool;

/// <summary>A line on stderr that says how far a long import is; nothing when it is short or stderr is no terminal.</summary>
internal sealed class ImportProgressLine : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly bool _terminal = !Console.IsErrorRedirected;
    private TimeSpan _next = Patience;
    private int _width;

    public void Show(ImportProgress progress)
    {
        if (!_terminal || _clock.Elapsed < _next)
        {
            return;
        }

        _next = _clock.Elapsed + Pause;
        var percent = progress.TotalBytes > 0 ? progress.Bytes * 100 / progress.TotalBytes : 0;
        var rate = (long)(progress.Records / _clock.Elapsed.TotalSeconds);
        var line = Catalogue.Default.Format(new Phrase("ImportProgress", progress.Records, rate, percent), CultureInfo.CurrentUICulture);
        Console.Error.Write("\r" + line.PadRight(_width));
        _width = Math.Max(_width, line.Length);
    }

    public void Dispose()
    {
        if (_width > 0)
        {
            Console.Error.Write("\r" + new string(' ', _width * 2) + "\r");
        }
    }
}
