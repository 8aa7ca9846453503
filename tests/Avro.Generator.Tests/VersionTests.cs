using System.Reflection;

namespace Streaming.Avro.Generator.Tests;

/// <summary>Several versions of one record: which becomes the type, what is kept of the others, where they are found.</summary>
public sealed class VersionTests
{
    private const string Sold = """{"type": "record", "name": "shop.Sold", "fields": [{"name": "units", "type": "int"}, {"name": "why", "type": ["null", "string"], "default": null}]}""";
    private const string Sold2 = """
        {"type": "record", "name": "shop.Sold", "fields": [{"name": "units", "type": "int"}, {"name": "why", "type": ["null", "string"], "default": null},
         {"name": "rank", "type": "int", "default": 3}, {"name": "till", "type": ["null", "long"], "default": null}, {"name": "clerk", "type": ["null", "string"], "default": null}]}
        """;

    [Fact]
    public void The_newest_version_is_the_record_and_keeps_the_schemas_of_the_others()
    {
        // Ten comes after two, though its name sorts before it.
        var sold = GeneratedCode.Records(Compiled(("Sold.10.avsc", Sold2), ("Sold.2.avsc", Sold.Replace("units", "pieces")), ("Sold.avsc", Sold))).Single();

        sold.Schema.Find("clerk").ShouldNotBeNull();
        sold.Versions.Select(version => version.Fields[0].Name).ShouldBe(["units", "pieces", "units"]);
        sold.Versions[^1].ShouldBeSameAs(sold.Schema);
    }

    [Fact]
    public void A_record_of_one_version_is_its_own_history()
    {
        var sold = GeneratedCode.Records(Compiled(("Sold.avsc", Sold))).Single();
        sold.Versions.ShouldHaveSingleItem().ShouldBeSameAs(sold.Schema);
    }

    [Fact]
    public void What_a_later_version_added_at_the_end_may_be_left_out_where_its_default_is_null()
    {
        var parameters = Compiled(("Sold.avsc", Sold), ("Sold.2.avsc", Sold2)).GetType("Shop.Sold")!.GetConstructors().Single().GetParameters();
        parameters.Select(parameter => parameter.HasDefaultValue).ShouldBe([false, false, false, true, true]);
    }

    [Fact]
    public void An_earlier_version_may_define_a_type_of_its_own_differently()
    {
        const string v1 = """{"type": "record", "name": "shop.Sold", "fields": [{"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"], "default": "A"}}]}""";
        var sold = GeneratedCode.Records(Compiled(("Sold.avsc", v1), ("Sold.2.avsc", v1.Replace("\"B\"", "\"B\", \"C\"")))).Single();
        sold.Versions.Select(version => version.ToString().Contains("\"C\"")).ShouldBe([false, true]);
    }

    [Fact]
    public void A_record_that_supersedes_another_takes_its_place_in_CSharp()
    {
        var assembly = Compiled(
            ("Sold.avsc", Sold),
            ("v2/Sold.avsc", Sold.Replace("shop.Sold\"", "shop.v2.Sold\", \"supersedes\": [\"shop.Sold\"]")),
            ("v3/Sold.avsc", Sold.Replace("shop.Sold\"", "shop.v3.Sold\", \"supersedes\": [\"shop.v2.Sold\"]")),
            ("v3/Other.avsc", Sold.Replace("shop.Sold", "shop.v3.Other")));

        GeneratedCode.Records(assembly).Select(record => $"{record.FullName} {record.ClrType.FullName}").ShouldBe(
        [
            "shop.Sold Shop.V1.Sold", "shop.v2.Sold Shop.V2.Sold", "shop.v3.Other Shop.V3.Other", "shop.v3.Sold Shop.Sold",
        ]);
    }

    [Fact]
    public void A_broken_earlier_version_is_an_error_of_its_file()
    {
        var problem = GeneratedCode.Run([("Sold.avsc", """{"type": "record", "name": "shop.Sold"}"""), ("Sold.2.avsc", Sold)]).Diagnostics.ShouldHaveSingleItem();
        problem.GetMessage().ShouldContain("no \"fields\"");
        problem.Location.GetLineSpan().Path.ShouldBe("Sold.avsc");
    }

    private static Assembly Compiled(params (string Path, string Text)[] files)
    {
        var run = GeneratedCode.Run(files);
        run.Diagnostics.ShouldBeEmpty();
        return GeneratedCode.Load(run.GeneratedTrees);
    }
}
