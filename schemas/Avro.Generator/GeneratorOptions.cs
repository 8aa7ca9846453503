using Microsoft.CodeAnalysis.Diagnostics;

namespace Streaming.Avro.Generator;

/// <summary>What the consuming project says in its MSBuild properties.</summary>
/// <param name="RootNamespace">Where records without an Avro namespace go, and the list of all records.</param>
/// <param name="NamespaceMap">From Avro's namespaces to those of C#, such as <c>streaming=Streaming.Contracts,shop=Shop.Events</c>.</param>
/// <param name="IsApacheReferenced">True where the project references Apache.Avro: then records are <c>ISpecificRecord</c>s too, see <see cref="ApacheRecord"/>.</param>
internal sealed record GeneratorOptions(string RootNamespace, string NamespaceMap, bool IsApacheReferenced = false)
{
    public IReadOnlyDictionary<string, string> Namespaces => field ??= NamespaceMap
        .Split(',')
        .Select(pair => pair.Split('='))
        .Where(pair => pair.Length == 2)
        .GroupBy(pair => pair[0].Trim(), pair => pair[1].Trim())
        .ToDictionary(group => group.Key, group => group.Last());

    public static GeneratorOptions Read(AnalyzerConfigOptions options) =>
        new(Property(options, "RootNamespace") is { Length: > 0 } root ? root : "AvroRecords", Property(options, "AvroNamespaces"));

    private static string Property(AnalyzerConfigOptions options, string name) =>
        options.TryGetValue($"build_property.{name}", out var value) ? value : "";
}
