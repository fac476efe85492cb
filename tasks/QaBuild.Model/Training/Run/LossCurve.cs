using System.Globalization;
using System.Text;

namespace QaBuild.Model.Training.Run;

/// <summary>The losses of a run as a picture (SVG) that needs nothing but a browser. The same points, the same bytes.</summary>
public static class LossCurve
{
    /// <summary>The file's name.</summary>
    public const string Name = "loss.svg";

    private const int Width = 720;
    private const int Height = 360;
    private const int Left = 56;
    private const int Right = 16;
    private const int Top = 32;
    private const int Bottom = 40;
    private const int Lines = 5;
    private static readonly int[] s_nice = [1, 2, 5, 10];

    /// <summary>Draws training loss and validation loss over iterations; null when there is no point.</summary>
    public static string? Draw(IReadOnlyList<LossPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var losses = points.SelectMany(p => new[] { p.Train, p.Valid }).OfType<double>().ToArray();
        if (losses.Length == 0)
        {
            return null;
        }

        var last = Math.Max(1, points.Max(p => p.Iteration));
        var top = NiceAbove(losses.Max() / Lines) * Lines;
        double X(int iteration) => Left + ((Width - Left - Right) * (double)iteration / last);
        double Y(double loss) => Height - Bottom - ((Height - Top - Bottom) * loss / top);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>\n");
        for (var i = 0; i <= Lines; i++)
        {
            var (loss, iteration) = (top * i / Lines, (int)Math.Round((double)last * i / Lines));
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Y(loss):0.#}H{Width - Right}\" stroke=\"#e5e7eb\"/><text x=\"{Left - 8}\" y=\"{Y(loss) + 4:0.#}\" text-anchor=\"end\" fill=\"#4b5563\">{loss:0.####}</text>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(iteration):0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\" fill=\"#4b5563\">{iteration}</text>\n");
        }

        Curve(svg, [.. points.Where(p => p.Train is not null).Select(p => (X(p.Iteration), Y(p.Train!.Value)))], "#2563eb");
        Curve(svg, [.. points.Where(p => p.Valid is not null).Select(p => (X(p.Iteration), Y(p.Valid!.Value)))], "#dc2626");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"20\" fill=\"#2563eb\">train loss</text><text x=\"{Left + 90}\" y=\"20\" fill=\"#dc2626\">validation loss</text>\n");
        return svg.Append("</svg>\n").ToString();
    }

    private static void Curve(StringBuilder svg, (double X, double Y)[] points, string colour)
    {
        if (points.Length == 0)
        {
            return;
        }

        svg.Append(CultureInfo.InvariantCulture, $"<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" d=\"");
        for (var i = 0; i < points.Length; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{points[i].X:0.#} {points[i].Y:0.#}");
        }

        svg.Append("\"/>\n");

        // A single point is no line.
        var (x, y) = points[^1];
        svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"3\" fill=\"{colour}\"/>\n");
    }

    // 1, 2 or 5 times a power of ten.
    private static double NiceAbove(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(value, 1e-6))));
        return power * s_nice.First(f => f * power >= value * 0.999999);
    }
}
