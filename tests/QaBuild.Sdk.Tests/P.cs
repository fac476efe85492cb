namespace QaBuild.Sdk.Tests; public sealed class PlaceholderTests { [Fact] public void Passes() => Assert.Equal(1, 1); }
