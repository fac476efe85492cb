using Microsoft.Build.Framework;

namespace QaBuild.Tasks;

/// <summary>Options as MSBuild hands them over: the item is the property's name, the metadata <c>Value</c> its value.</summary>
internal static class OptionItems
{
    /// <summary>Values by name.</summary>
    public static Dictionary<string, string> Settings(ITaskItem[] options) => options.ToDictionary(o => o.ItemSpec, o => o.GetMetadata("Value"), StringComparer.OrdinalIgnoreCase);
}
