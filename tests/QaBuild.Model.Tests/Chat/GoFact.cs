namespace QaBuild.Model.Tests.Chat;

/// <summary>A test that needs Go and llama.cpp; where one is not, it says so and skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GoFactAttribute : FactAttribute
{
    public GoFactAttribute() => Skip = GoTemplates.Compiler is null ? "needs Go (golang-go of Debian), which is not on this machine" : Inference.Llama.WhyNot(null);
}
