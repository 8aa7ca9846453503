using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Streaming.Avro.Generator.Tests;

/// <summary>Where Apache.Avro is at hand, records are its records too; elsewhere nothing tells of it. What its readers and writers make of them is tested with the real package, in Interop.Confluent.</summary>
public sealed class ApacheRecordTests
{
    /// <summary>As much of Apache.Avro as generated code names.</summary>
    private const string Apache = """
        #nullable disable
        #pragma warning disable CS1591
        namespace Avro
        {
            public class AvroException : System.Exception { public AvroException(string message) : base(message) { } }
            public class AvroRuntimeException : AvroException { public AvroRuntimeException(string message) : base(message) { } }
            public class Schema { public static Schema Parse(string json) => new Schema(); }
            public struct AvroDecimal { public AvroDecimal(System.Numerics.BigInteger unscaled, int scale) => (UnscaledValue, Scale) = (unscaled, scale); public System.Numerics.BigInteger UnscaledValue { get; } public int Scale { get; } }
        }
        namespace Avro.Generic
        {
            public class GenericFixed { public GenericFixed(uint size) => Value = new byte[size]; public byte[] Value { get; set; } }
        }
        namespace Avro.Specific
        {
            public interface ISpecificRecord { Schema Schema { get; } object Get(int fieldPos); void Put(int fieldPos, object fieldValue); }
            public abstract class SpecificFixed : Avro.Generic.GenericFixed { protected SpecificFixed(uint size) : base(size) { } public abstract Schema Schema { get; } }
        }
        """;

    private const string Sold = """
        {"type": "record", "name": "Sold", "namespace": "shop", "fields": [
          {"name": "units", "type": "int"}, {"name": "price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}]},
          {"name": "seal", "type": {"type": "fixed", "name": "Seal", "size": 2}}, {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
          {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [{"name": "n", "type": "long"}]}}},
          {"name": "value", "type": ["int", "string"]}]}
        """;

    private static readonly SyntaxTree _apache = CSharpSyntaxTree.ParseText(Apache, new CSharpParseOptions(LanguageVersion.Preview));

    [Fact]
    public void Without_Apache_Avro_nothing_tells_of_it()
    {
        var code = string.Join('\n', GeneratedCode.Run([Sold]).GeneratedTrees);
        code.ShouldNotContain("Apache", Case.Insensitive);
        code.ShouldNotContain("ISpecificRecord");
        code.ShouldNotContain("partial");
    }

    [Fact]
    public void With_it_records_are_the_same_and_its_records_too()
    {
        var without = GeneratedCode.Run([Sold]).GeneratedTrees;
        var with = Run(Sold).GeneratedTrees;

        foreach (var tree in without)
        {
            var name = Path.GetFileName(tree.FilePath);
            with.Single(other => Path.GetFileName(other.FilePath) == name).ToString().Replace("sealed partial record", "sealed record").ShouldBe(tree.ToString(), name);
        }
        with.Length.ShouldBeGreaterThan(without.Length);
        Compiled(Sold).GetType("Shop.Sold")!.GetInterfaces().Select(its => its.FullName).ShouldContain("Avro.Specific.ISpecificRecord");
    }

    [Fact]
    public void A_record_without_values_is_filled_value_by_value()
    {
        var type = Compiled(Sold).GetType("Shop.Sold")!;
        dynamic record = Activator.CreateInstance(type)!;
        var its = type.GetInterface("ISpecificRecord")!;
        object? Get(int position) => its.GetMethod("Get")!.Invoke((object)record, [position]);
        void Put(int position, object? value) => its.GetMethod("Put")!.Invoke((object)record, [position, value]);

        Put(0, 5);
        Put(1, null);
        Put(3, 1);
        Put(5, "text");

        ((int)record.Units).ShouldBe(5);
        Get(0).ShouldBeOfType<int>().ShouldBe(5);
        Get(1).ShouldBeNull();
        Get(3)!.ToString().ShouldBe("B");
        Get(5).ShouldBe("text");
        Should.Throw<TargetInvocationException>(() => Put(6, 1)).InnerException!.Message.ShouldContain("no field 6");
    }

    [Fact]
    public void Types_are_found_under_the_names_of_their_schemas()
    {
        var types = Compiled(Sold).GetTypes().Select(type => type.FullName).ToList();
        types.ShouldContain("shop.Sold");
        types.ShouldContain("shop.Line");
        types.ShouldContain("shop.Kind");
        types.ShouldContain("shop.Seal");
    }

    [Fact]
    public void A_type_that_has_its_schemas_name_needs_no_other()
    {
        var types = Compiled(Sold.Replace("\"shop\"", "\"Shop\"")).GetTypes().Select(type => type.FullName).ToList();
        types.ShouldContain("Shop.Seal");
        types.Count(name => string.Equals(name, "shop.sold", StringComparison.OrdinalIgnoreCase)).ShouldBe(1);
    }

    private static GeneratorDriverRunResult Run(string schema) => GeneratedCode.Run([("0.avsc", schema)], otherCode: _apache);

    private static Assembly Compiled(string schema)
    {
        var run = Run(schema);
        run.Diagnostics.ShouldBeEmpty();
        return GeneratedCode.Load([.. run.GeneratedTrees, CSharpSyntaxTree.ParseText(Apache, (CSharpParseOptions)run.GeneratedTrees[0].Options)]);
    }
}
