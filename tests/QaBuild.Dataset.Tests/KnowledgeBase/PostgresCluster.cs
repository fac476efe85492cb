using QaBuild.Tests;

namespace QaBuild.Dataset.Tests;

/// <summary>A PostgreSQL 15 server of the test's own, in a temporary folder and reached through a socket there only.</summary>
internal sealed class PostgresCluster : IDisposable
{
    private const string TemplateDatabase = "fixture";
    private const string Database = "kbrun";
    private readonly TemporaryFolder _folder = new("pg");
    private readonly string _binaries;

    private PostgresCluster(string binaries) => _binaries = binaries;

    /// <summary>The folder of PostgreSQL 15's programs, or null where it is not installed.</summary>
    public static string? Binaries { get; } = new[] { "/usr/lib/postgresql/15/bin", "/usr/pgsql-15/bin", "/opt/homebrew/opt/postgresql@15/bin", "/usr/local/opt/postgresql@15/bin" }
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));

    /// <summary>Starts a server whose databases are copies of what a script makes.</summary>
    public static async Task<PostgresCluster> Start(string fixture)
    {
        var cluster = new PostgresCluster(Binaries!);
        try
        {
            await cluster.Start();
            await cluster.Sql("postgres", $"CREATE DATABASE {TemplateDatabase}");
            await cluster.Script(TemplateDatabase, fixture);
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Runs a script in a fresh database; stops at the first error.</summary>
    public async Task<Ran> Run(string script)
    {
        await Sql("postgres", $"DROP DATABASE IF EXISTS {Database} WITH (FORCE)", $"CREATE DATABASE {Database} TEMPLATE {TemplateDatabase}");
        var file = Path.Combine(_folder.Path, "script.sql");
        await File.WriteAllTextAsync(file, script);
        using var psql = Psql(Database, "-f", file);
        return await psql.Ends();
    }

    public void Dispose()
    {
        using (var stop = Program("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop"))
        {
            stop.Ends().GetAwaiter().GetResult();
        }

        _folder.Dispose();
    }

    private string Data => Path.Combine(_folder.Path, "data");

    private async Task Start()
    {
        if (Environment.IsPrivilegedProcess)
        {
            using var chown = Command.Start("chown", _folder.Path, null, User, _folder.Path);
            (await chown.Ends()).Exits(0);
        }

        using (var init = Program("initdb", "-D", Data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"))
        {
            (await init.Ends()).Exits(0);
        }

        await File.AppendAllTextAsync(Path.Combine(Data, "postgresql.conf"), $"""

            listen_addresses = ''
            unix_socket_directories = '{_folder.Path}'
            fsync = off
            wal_level = logical
            shared_preload_libraries = 'pg_stat_statements'
            """);
        using var start = Program("pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder.Path, "log"), "start");
        (await start.Ends()).Exits(0);
    }

    private async Task Sql(string database, params string[] commands)
    {
        using var psql = Psql(database, [.. commands.SelectMany(c => new[] { "-c", c })]);
        (await psql.Ends()).Exits(0);
    }

    private async Task Script(string database, string file)
    {
        using var psql = Psql(database, "-f", file);
        (await psql.Ends()).Exits(0);
    }

    private Command Psql(string database, params string[] arguments) =>
        Command.Start(Path.Combine(_binaries, "psql"), _folder.Path, null, ["-h", _folder.Path, "-U", "postgres", "-X", "-q", "-v", "ON_ERROR_STOP=1", .. arguments, database]);

    // The server refuses to run as root.
    private Command Program(string name, params string[] arguments)
    {
        var path = Path.Combine(_binaries, name);
        return Environment.IsPrivilegedProcess
            ? Command.Start("runuser", _folder.Path, null, ["-u", User, "--", path, .. arguments])
            : Command.Start(path, _folder.Path, null, arguments);
    }

    private static string User { get; } = File.ReadLines("/etc/passwd").Any(l => l.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
}

/// <summary>A test that needs PostgreSQL 15; it says so and skips where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (PostgresCluster.Binaries is null)
        {
            Skip = "needs PostgreSQL 15 (Debian: apt-get install postgresql-15), which is not on this machine";
        }
    }
}
