using System.Reflection;
using Microsoft.CodeAnalysis.CSharp;
using Streaming.Avro.Binary;

namespace Streaming.Avro.Generator.Tests;

public sealed class AvroGeneratorTests
{
    private const string ShopTypes = """
        #pragma warning disable CS1591
        namespace Shop.Events;
        public readonly record struct Sku(string Value);
        public sealed record Money(decimal Value);
        public abstract record Happened(Sku Sku);
        """;

    [Fact]
    public void Base_and_strong_types_are_those_that_the_schema_names()
    {
        var assembly = Compiled(ShopTypes, """
            {"type": "record", "name": "Sold", "namespace": "shop", "doc": "It's < \"sold\" & gone", "csharpBase": "Happened(Sku)", "fields": [
              {"name": "sku", "type": "string", "csharpType": "Sku"},
              {"name": "replaces", "type": ["null", "string"], "csharpType": "Sku", "default": null},
              {"name": "price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}], "csharpType": "Money", "default": null},
              {"name": "others", "type": {"type": "array", "items": {"type": "string", "csharpType": "Sku"}}}]}
            """);

        var sold = assembly.GetType("Shop.Events.Sold")!;
        sold.BaseType!.Name.ShouldBe("Happened");
        sold.GetProperty("Sku")!.PropertyType.Name.ShouldBe("Sku");
        Nullable.GetUnderlyingType(sold.GetProperty("Replaces")!.PropertyType)!.Name.ShouldBe("Sku");
        RoundTrip(assembly, "0258" + "020259" + "020404d2" + "020258" + "00");
    }

    [Fact]
    public void A_file_may_refer_to_a_type_of_another_and_repeat_a_definition()
    {
        const string money = """{"type": "record", "name": "shop.Money", "fields": [{"name": "units", "type": "long"}]}""";
        var assembly = Compiled("", """{"type": "record", "name": "shop.Paid", "fields": [{"name": "amount", "type": "shop.Money"}]}""", money, money);

        GeneratedCode.Records(assembly).Select(record => record.FullName).ShouldBe(["shop.Money", "shop.Paid"]);
        GeneratedCode.Records(assembly)[1].Schema.CanonicalForm.ShouldContain("units");
    }

    [Fact]
    public void Two_different_definitions_of_one_name_are_an_error() =>
        Problem("""{"type": "fixed", "name": "F", "size": 1}""", """{"type": "fixed", "name": "F", "size": 2}""").ShouldContain("F is defined differently in another file");

    [Fact]
    public void A_broken_schema_is_an_error_of_its_file() => Problem("""{"type": "record", "name": "R"}""").ShouldContain("R has no \"fields\"");

    [Fact]
    public void Names_that_C_sharp_needs_for_itself_are_changed()
    {
        var assembly = Compiled("", """
            {"type": "record", "name": "guid", "fields": [
              {"name": "guid", "type": {"type": "string", "logicalType": "uuid"}}, {"name": "clone", "type": "int"}, {"name": "encode", "type": "int"}, {"name": "a", "type": "int"},
              {"name": "A", "type": "int"}, {"name": "_1", "type": "int"}, {"name": "event", "type": ["null", "int"]}, {"name": "writer", "type": ["null", "int"]}, {"name": "reader", "type": ["int", "string"]},
              {"name": "list", "type": {"type": "array", "items": ["null", "string"]}},
              {"name": "kind", "type": {"type": "enum", "name": "class", "symbols": ["public", "namespace"]}}]}
            """);

        assembly.GetType("Root.Guid")!.GetConstructors().Single().GetParameters().Select(parameter => parameter.Name)
            .ShouldBe(["GuidValue", "CloneValue", "EncodeValue", "A", "A_", "_1", "Event", "Writer", "Reader", "List", "Kind"]);
        RoundTrip(assembly, "4866383164346661652d376465632d313164302d613736352d303061306339316536626636" + "0204060800" + "0202" + "00" + "000a" + "0400020278" + "00" + "02");
    }

    [Fact]
    public void A_choice_tells_its_branches_apart()
    {
        var assembly = Compiled("", """{"type": "record", "name": "R", "fields": [{"name": "v", "type": ["int", "null", "long", {"type": "fixed", "name": "a.X", "size": 1}, {"type": "fixed", "name": "b.X", "size": 1}]}]}""");

        assembly.GetType("Root.R+VChoice")!.GetNestedTypes().Select(type => type.Name).ShouldBe(["OfInt", "OfLong", "OfAX", "OfBX"]);
        RoundTrip(assembly, "000a").ToString()!.ShouldContain("OfInt");
        RoundTrip(assembly, "040a").ToString()!.ShouldContain("OfLong");
        RoundTrip(assembly, "02");
    }

    [Fact]
    public void Records_are_equal_when_their_contents_are()
    {
        var assembly = Compiled("", """
            {"type": "record", "name": "R", "fields": [{"name": "b", "type": "bytes"}, {"name": "m", "type": {"type": "map", "values": {"type": "array", "items": "bytes"}}}, {"name": "d", "type": "double"}]}
            """);
        var type = GeneratedCode.Records(assembly).Single();
        IAvroRecord Decoded(string hex) => AvroEncoding.Decode(type, Convert.FromHexString(hex));

        const string a = "0261" + "02" + "0201" + "00";
        const string b = "0262" + "00";
        const string nan = "000000000000f87f";
        var one = Decoded("040102" + "04" + a + b + "00" + nan);
        var inAnotherOrder = Decoded("040102" + "04" + b + a + "00" + nan);

        inAnotherOrder.ShouldBe(one);
        inAnotherOrder.GetHashCode().ShouldBe(one.GetHashCode());
        Decoded("040103" + "04" + a + b + "00" + nan).ShouldNotBe(one);
        Decoded("040102" + "02" + a + "00" + nan).ShouldNotBe(one);
    }

    [Fact]
    public void Bytes_that_are_null_stay_null()
    {
        var assembly = Compiled("", """{"type": "record", "name": "R", "fields": [{"name": "b", "type": ["null", "bytes"]}, {"name": "f", "type": ["null", {"type": "fixed", "name": "F", "size": 2}]}]}""");

        var record = RoundTrip(assembly, "0000");
        record.GetType().GetProperty("B")!.GetValue(record).ShouldBeNull();
        record.GetType().GetProperty("F")!.GetValue(record).ShouldBeNull();
    }

    [Fact]
    public void Hostile_depth_is_an_error_of_a_generated_record_too()
    {
        var assembly = Compiled("", """{"type": "record", "name": "L", "fields": [{"name": "n", "type": ["null", "L"]}]}""");
        var type = GeneratedCode.Records(assembly).Single();

        Should.Throw<MalformedAvroException>(() => AvroEncoding.Decode(type, Enumerable.Repeat((byte)2, 100_000).ToArray()));
    }

    [Fact]
    public void The_documentation_is_the_schemas()
    {
        var code = GeneratedCode.Run(["""{"type": "record", "name": "R", "doc": "One & <two>\nlines", "fields": [{"name": "a", "type": "int", "doc": "Units."}]}"""])
            .GeneratedTrees.Select(tree => tree.ToString()).First(text => text.Contains("record R"));

        code.ShouldContain("/// <summary>One &amp; &lt;two&gt;\n/// lines. Schema: R.</summary>");
        code.ShouldContain("/// <param name=\"A\">Units.</param>");
    }

    private static Assembly Compiled(string otherCode, params string[] schemas)
    {
        var run = GeneratedCode.Run(schemas, namespaces: "shop=Shop.Events");
        run.Diagnostics.ShouldBeEmpty();
        return GeneratedCode.Load([.. run.GeneratedTrees, CSharpSyntaxTree.ParseText(otherCode, (CSharpParseOptions)run.GeneratedTrees[0].Options)]);
    }

    private static string Problem(params string[] schemas) => GeneratedCode.Run(schemas).Diagnostics.ShouldHaveSingleItem().GetMessage();

    private static IAvroRecord RoundTrip(Assembly assembly, string hex)
    {
        var record = AvroEncoding.Decode(GeneratedCode.Records(assembly).Single(), Convert.FromHexString(hex));
        Convert.ToHexStringLower(AvroEncoding.EncodeToArray(record)).ShouldBe(hex);
        return record;
    }
}
