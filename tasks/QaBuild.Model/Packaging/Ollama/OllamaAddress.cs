using System.Globalization;

namespace QaBuild.Model.Packaging.Ollama;

/// <summary>Where an Ollama server listens, in the spellings that <c>OLLAMA_HOST</c> allows.</summary>
public static class OllamaAddress
{
    private const int DefaultPort = 11434;

    /// <summary>The address that the environment names, or the local server's.</summary>
    /// <exception cref="ModelFaultException">QA8001: it is no address.</exception>
    public static Uri FromEnvironment() => Parse(Environment.GetEnvironmentVariable("OLLAMA_HOST"));

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>:port</c> or a URL; nothing stands for the local server.</summary>
    /// <remarks>0.0.0.0 and [::] are places to listen at; who calls such a server calls its loopback address.</remarks>
    /// <exception cref="ModelFaultException">QA8001: it is no address.</exception>
    public static Uri Parse(string? text)
    {
        var address = (text ?? "").Trim().Trim('"', '\'');
        var scheme = "http";
        var port = DefaultPort;
        if (address.IndexOf("://", StringComparison.Ordinal) is > 0 and var colon)
        {
            scheme = address[..colon].ToLowerInvariant();
            address = address[(colon + 3)..];
            port = scheme == "https" ? 443 : 80;
        }

        var path = address.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? address[slash..].TrimEnd('/') + "/" : "/";
        var authority = path == "/" ? address.TrimEnd('/') : address[..address.IndexOf('/', StringComparison.Ordinal)];
        var end = authority.LastIndexOf(':');
        var host = authority;
        if (end >= 0 && end > authority.LastIndexOf(']') && authority.IndexOf(':', StringComparison.Ordinal) == (authority.StartsWith('[') ? authority.IndexOf(':', StringComparison.Ordinal) : end))
        {
            host = authority[..end];
            if (!int.TryParse(authority.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > ushort.MaxValue)
            {
                throw NoAddress(text);
            }
        }

        host = host is "" or "0.0.0.0" ? "127.0.0.1" : host is "[::]" or "::" ? "[::1]" : host;
        host = host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]" : host;
        return scheme is "http" or "https" && Uri.TryCreate(string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}{path}"), UriKind.Absolute, out var uri)
            ? uri
            : throw NoAddress(text);
    }

    private static ModelFaultException NoAddress(string? text) => new(ModelFaults.OllamaUnreachable, "", text ?? "", new Reason("OllamaNoAddress"));
}
