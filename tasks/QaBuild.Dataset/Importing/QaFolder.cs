using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Importing;

/// <summary>The folder of one skill in a KB: gives out names and ids that are not taken, and can take back what it wrote.</summary>
internal sealed class QaFolder
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly List<string> _written = [];
    private readonly string _root;
    private readonly string _relative;
    private readonly string _level;
    private long _last;

    /// <exception cref="IOException">The KB cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The KB may not be read.</exception>
    public QaFolder(string root, SafeName job, SafeName skill, Level level, CancellationToken cancellation)
    {
        (_root, _level) = (System.IO.Path.GetFullPath(root), level.Letter());
        _relative = $"job_{job.Folder}/skill_{skill.Folder}";
        Path = System.IO.Path.Combine(_root, $"job_{job.Folder}", $"skill_{skill.Folder}");
        if (Directory.Exists(_root))
        {
            ReadIds(cancellation);
        }

        if (Directory.Exists(Path))
        {
            _last = Directory.EnumerateFiles(Path, "qa_*").Select(NumberOf).DefaultIfEmpty().Max();
        }
    }

    public string Path { get; }

    public long Files => _written.Count;

    /// <summary>Takes an id, unless it is taken.</summary>
    public bool TryTake(string id) => _ids.Add(id);

    /// <summary>Gives an id back: the record that had it was not taken.</summary>
    public void GiveBack(string id) => _ids.Remove(id);

    /// <summary>The names of the next <paramref name="count"/> files.</summary>
    public string[] NextNames(int count)
    {
        var names = new string[count];
        var number = _last;
        for (var i = 0; i < count; i++)
        {
            do
            {
                number++;
                names[i] = string.Create(CultureInfo.InvariantCulture, $"qa_{_level}_{number:D3}");
            }
            while (_ids.Contains($"{_relative}/{names[i]}"));

            names[i] += ".md";
        }

        return names;
    }

    /// <summary>Writes files of <see cref="NextNames"/>.</summary>
    /// <exception cref="IOException">The disk is full, the folder cannot be written, or a file has come to be there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Write(IReadOnlyList<string> names, IReadOnlyList<byte[]> contents)
    {
        if (_written.Count == 0)
        {
            Directory.CreateDirectory(Path);
        }

        for (var i = 0; i < names.Count; i++)
        {
            var path = System.IO.Path.Combine(Path, names[i]);
            using (var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
            {
                _written.Add(path);
                RandomAccess.Write(handle, contents[i], 0);
            }

            _ids.Add($"{_relative}/{names[i][..^3]}");
            _last = Math.Max(_last, NumberOf(path));
        }
    }

    /// <summary>Deletes what was written: a second try must not find half of the first.</summary>
    public void TakeBack()
    {
        foreach (var path in _written)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The failure that led here is the one to tell.
            }
        }

        _written.Clear();
    }

    private static long NumberOf(string path)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        return int.TryParse(name.AsSpan(name.LastIndexOf('_') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private void ReadIds(CancellationToken cancellation)
    {
        var ignored = new DiagnosticBag();
        var reader = new SourceReader(_root, ignored);
        foreach (var file in new SourceList(_root, KnowledgeBase.Find(_root).Sources, []).Sources.Where(f => f.IsQa))
        {
            cancellation.ThrowIfCancellationRequested();
            _ids.Add(file.PathId);
            if (reader.Read(file, (f, text) => FrontMatterReader.Read(text, f.FullPath, ignored, out _, out _)) is { Id: { } id })
            {
                _ids.Add(id);
            }
        }
    }
}
