extern alias Generator;

using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Generator::Streaming.Avro.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Streaming.Avro.Generator.Tests;

/// <summary>Runs the generator as the compiler does, and compiles and loads what it made.</summary>
public static class GeneratedCode
{
    private static readonly CSharpParseOptions _parsing = new(LanguageVersion.Preview, DocumentationMode.Diagnose);

    private static readonly ImmutableArray<MetadataReference> _references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.") || name is "Streaming.Avro.dll"))
            .Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>What the generator makes of schemas that come as files <c>0.avsc</c>, <c>1.avsc</c> and so on.</summary>
    public static GeneratorDriverRunResult Run(IEnumerable<string> schemas, string rootNamespace = "Root", string namespaces = "") =>
        Run(schemas.Select((text, i) => ($"{i}.avsc", text)), rootNamespace, namespaces);

    /// <summary>What the generator makes of these files.</summary>
    /// <param name="otherCode">What else the project holds.</param>
    public static GeneratorDriverRunResult Run(IEnumerable<(string Path, string Text)> files, string rootNamespace = "Root", string namespaces = "", params IEnumerable<SyntaxTree> otherCode)
    {
        var driver = CSharpGeneratorDriver.Create(
            [new AvroGenerator().AsSourceGenerator()],
            files.Select(file => new SchemaText(file.Path, file.Text)),
            _parsing,
            new ProjectOptions(new() { ["build_property.RootNamespace"] = rootNamespace, ["build_property.AvroNamespaces"] = namespaces }));
        return driver.RunGenerators(Compilation(otherCode)).GetRunResult();
    }

    /// <summary>The compiled code; a warning counts as an error.</summary>
    public static Assembly Load(IEnumerable<SyntaxTree> trees)
    {
        using var image = new MemoryStream();
        var result = Compilation(trees).Emit(image);
        result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Select(diagnostic => diagnostic.ToString()).ShouldBeEmpty();
        image.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(image);
    }

    /// <summary>The list of generated records below that root namespace.</summary>
    public static IReadOnlyList<AvroRecordType> Records(Assembly assembly, string rootNamespace = "Root") =>
        (IReadOnlyList<AvroRecordType>)assembly.GetType($"{rootNamespace}.AvroRecords", throwOnError: true)!.GetProperty("All")!.GetValue(null)!;

    private static CSharpCompilation Compilation(IEnumerable<SyntaxTree> trees) => CSharpCompilation.Create(
        $"Generated{Guid.NewGuid():N}", trees, _references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private sealed class SchemaText(string path, string text) : AdditionalText
    {
        public override string Path { get; } = path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class ProjectOptions(Dictionary<string, string> values) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Options(values);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
