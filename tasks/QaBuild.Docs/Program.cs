using System.Reflection;
using QaBuild.Docs;

var root = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
var surface = BuildSurface.Read(Path.Combine(root, "build"));
foreach (var fault in surface.Faults)
{
    Console.Error.WriteLine(fault);
}

foreach (var readme in Readme.All(root))
{
    var text = File.ReadAllText(readme.Path);
    var renewed = readme.Renew(text, surface);
    if (renewed != text)
    {
        File.WriteAllText(readme.Path, renewed);
        Console.WriteLine($"renewed {readme.Path}");
    }
}

return surface.Faults.Count == 0 ? 0 : 1;
