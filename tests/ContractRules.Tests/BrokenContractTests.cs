using Streaming.Contracts;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Upcasting;

namespace Streaming.ContractRules.Tests;

/// <summary>Each rule, broken on purpose: the finding names the rule and the file, and says what to do.</summary>
public sealed class BrokenContractTests : IDisposable
{
    private const string Supplier = """{"name": "supplier", "type": ["null", "string"], "doc": "Who delivered, as the caller names them; null when nobody said.", "default": null}""";

    private readonly ContractCopy _contracts = new();

    [Fact]
    public void A_copy_is_as_good_as_the_original() => ContractCheck.Run(_contracts.Root).Findings.ShouldBeEmpty();

    [Fact]
    public void A_changed_file_is_found()
    {
        _contracts.Edit("inventory/StockSold.avsc", "Units went out to a buyer.", "Units were sold.");
        Says(_contracts.Finding("published", "inventory/StockSold.avsc"), "changed after it was published", "inventory/StockSold.2.avsc");
    }

    [Fact]
    public void White_space_is_a_change_too()
    {
        _contracts.Edit("inventory/StockSold.avsc", "\n}", "\n}\n");
        Says(_contracts.Finding("published", "inventory/StockSold.avsc"), "changed", "git checkout");
    }

    [Fact]
    public void A_deleted_file_is_found()
    {
        _contracts.Delete("inventory/StockReceived.avsc");
        Says(_contracts.Finding("published", "inventory/StockReceived.avsc"), "is gone", "git checkout");
        Says(_contracts.Finding("name", "inventory/StockReceived.2.avsc"), "version 2", "1 is due");
    }

    [Fact]
    public void A_file_that_nobody_published_is_found()
    {
        _contracts.Write("inventory/StockSold.2.avsc", _contracts.Read("inventory/StockSold.avsc"));
        Says(_contracts.Finding("published", "inventory/StockSold.2.avsc"), "not published yet", "schemas.sh publish");
        Says(_contracts.Finding("sample", "inventory/StockSold.2.avsc"), "No sample", "schemas.sh publish");
        Says(_contracts.Finding("generated", "inventory/StockSold.2.avsc"), "2 versions here, 1 in the build", "Build again");
    }

    [Theory]
    [InlineData("""{"name": "supplier", "type": ["null", "string"], "doc": "Who."}""", "It does not read inventory/StockReceived.avsc: READER_FIELD_MISSING_DEFAULT_VALUE")]
    [InlineData("""{"name": "supplier", "type": "string", "doc": "Who.", "default": 7}""", null)]
    public void A_field_without_a_right_default_is_found(string field, string? what)
    {
        _contracts.Edit("inventory/StockReceived.2.avsc", Supplier, field);
        if (what is null)
            Says(_contracts.Finding("schema", "inventory/StockReceived.2.avsc"), "No Avro schema: Default of", "Correct it");
        else
            Says(_contracts.Finding("compatible", "inventory/StockReceived.2.avsc"), what, "give the field a default");
    }

    [Fact]
    public void A_field_that_goes_without_having_had_a_default_is_found()
    {
        _contracts.Edit("inventory/StockReceived.2.avsc", """    {"name": "onHand", "type": "int", "doc": "Units on the shelf after this event."},""" + "\n", "");
        Says(_contracts.Finding("compatible", "inventory/StockReceived.2.avsc"), "It is not read by inventory/StockReceived.avsc", "new full name with an upcaster");
    }

    [Fact]
    public void A_field_of_another_type_is_found()
    {
        _contracts.Edit("inventory/StockReceived.2.avsc", "\"quantity\", \"type\": \"int\"", "\"quantity\", \"type\": \"long\"");
        Says(_contracts.Finding("compatible", "inventory/StockReceived.2.avsc"), "TYPE_MISMATCH", "new full name");
    }

    [Fact]
    public void A_decimal_of_another_scale_is_found_although_registries_allow_it()
    {
        const string price = """{"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 28, "scale": 4}, "doc": "Price.", "default": ""}""";
        var sold = _contracts.Read("inventory/StockSold.avsc");
        _contracts.Write("inventory/StockSold.2.avsc", sold.Replace("  \"fields\": [", $"  \"fields\": [\n    {price},"));
        _contracts.Write("inventory/StockSold.3.avsc", sold.Replace("  \"fields\": [", $"  \"fields\": [\n    {price.Replace("\"scale\": 4", "\"scale\": 2")},"));
        Says(_contracts.Finding("compatible", "inventory/StockSold.3.avsc"), "price is decimal(28, 4) in one and decimal(28, 2) in the other", "new full name");
    }

    [Fact]
    public void A_third_version_is_judged_by_the_first_too()
    {
        // Backward from version to version: the default that allows each step alone does not allow both.
        var received = _contracts.Read("inventory/StockReceived.2.avsc");
        _contracts.Write("inventory/StockReceived.3.avsc", received.Replace(Supplier, Supplier.Replace("[\"null\", \"string\"]", "\"string\"").Replace("null}", "\"\"}"))
            .Replace("    {\"name\": \"reserved\"", "    {\"name\": \"extra\", \"type\": \"int\", \"doc\": \"More.\"},\n    {\"name\": \"reserved\""));
        Says(_contracts.Finding("compatible", "inventory/StockReceived.3.avsc"), "inventory/StockReceived.avsc", "default");
    }

    [Fact]
    public void A_record_and_a_field_without_documentation_are_found()
    {
        _contracts.Edit("inventory/StockSold.avsc", "  \"doc\": \"Units went out to a buyer.\",\n", "");
        Says(_contracts.Finding("documented", "inventory/StockSold.avsc"), "StockSold has no doc", "what happened");
        _contracts.Edit("inventory/StockShipped.avsc", ", \"doc\": \"Units shipped, above zero.\"", "");
        Says(_contracts.Finding("documented", "inventory/StockShipped.avsc"), "The field quantity has no doc", "unit");
    }

    [Fact]
    public void A_file_in_the_wrong_place_is_found()
    {
        _contracts.Edit("inventory/v2/StockLost.avsc", "\"streaming.inventory.v2\"", "\"streaming.inventory.v3\"");
        Says(_contracts.Finding("name", "inventory/v2/StockLost.avsc"), "defines streaming.inventory.v3.StockLost, its place says streaming.inventory.v2.StockLost", "Move the file");
    }

    [Fact]
    public void A_gap_between_versions_is_found()
    {
        File.Move(_contracts.At("inventory/StockReceived.2.avsc"), _contracts.At("inventory/StockReceived.3.avsc"));
        Says(_contracts.Finding("name", "inventory/StockReceived.3.avsc"), "version 3 of streaming.inventory.StockReceived, but 2 is due", "StockReceived.2.avsc");
    }

    [Fact]
    public void What_is_no_schema_is_found()
    {
        _contracts.Edit("inventory/StockSold.avsc", "\"record\"", "\"recrod\"");
        Says(_contracts.Finding("schema", "inventory/StockSold.avsc"), "No Avro schema", "git checkout");
    }

    [Fact]
    public void Cut_JSON_is_no_schema() =>
        Says(_contracts.Write("inventory/StockSold.avsc", "{\"type\": ").Finding("schema", "inventory/StockSold.avsc"), "No Avro schema", "Correct it");

    [Fact]
    public void A_second_version_of_a_part_is_found()
    {
        const string part = """{"type": "record", "name": "Line", "namespace": "streaming.inventory", "doc": "A line.", "fields": [{"name": "n", "type": "int", "doc": "Units.", "default": 1}]}""";
        _contracts.Write("inventory/Line.avsc", part).Write("inventory/Line.2.avsc", part)
            .Write("inventory/Listed.avsc", """{"type": "record", "name": "Listed", "namespace": "streaming.inventory", "doc": "A list.", "fields": [{"name": "lines", "type": {"type": "array", "items": "Line"}, "doc": "Its lines."}]}""");
        Says(_contracts.Finding("part", "inventory/Line.2.avsc"), "a part of inventory/Listed.avsc", "new full name");
    }

    [Fact]
    public void A_record_that_was_not_generated_is_found()
    {
        _contracts.Write("billing/Billed.avsc", """{"type": "record", "name": "Billed", "namespace": "streaming.billing", "doc": "A bill went out.", "fields": []}""");
        Says(_contracts.Finding("generated", "billing/Billed.avsc"), "streaming.billing.Billed is not among the generated records", "Streaming.Contracts.csproj");
    }

    [Fact]
    public void A_missing_upcaster_is_found() => Says(
        _contracts.Finding("upcaster", "inventory/v2/StockLost.avsc", upcasters: [.. Upcasters.All.Where(upcaster => upcaster.From.FullName != "streaming.inventory.StockAdjusted")]),
        "No upcaster leads from streaming.inventory.StockAdjusted to streaming.inventory.v2.StockLost", "InventoryUpcasters.cs");

    [Fact]
    public void A_newer_record_that_does_not_say_what_it_replaces_is_found()
    {
        _contracts.Edit("inventory/v2/ProductRegistered.avsc", "  \"supersedes\": [\"streaming.inventory.ProductRegistered\"],\n", "");
        var findings = ContractCheck.Run(_contracts.Root).Findings.Where(finding => finding.Rule == "upcaster").ToList();
        findings.ShouldContain(finding => finding.What.Contains("streaming.inventory.ProductRegistered has the same name"));
        findings.ShouldContain(finding => finding.What.Contains("An upcaster leads here from streaming.inventory.ProductRegistered"));
    }

    [Fact]
    public void A_predecessor_that_does_not_exist_is_found()
    {
        _contracts.Edit("inventory/v2/StockLost.avsc", "[\"streaming.inventory.StockAdjusted\"]", "[\"streaming.inventory.StockMisspelt\"]");
        Says(_contracts.Finding("upcaster", "inventory/v2/StockLost.avsc"), "StockMisspelt, which is no published record", "supersedes");
    }

    [Fact]
    public void A_circle_of_upcasters_is_found()
    {
        Upcaster[] circle = [Upcaster.Of((StockSold e) => new StockFound(e.Sku, 1, null, null, 0, 0, e.OccurredAt)), Upcaster.Of((StockFound e) => new StockSold(e.Sku, 1, null, null, 0, 0, e.OccurredAt))];
        Says(_contracts.Finding("upcaster", "Contracts/Upcasters.cs", upcasters: circle), "in a circle: streaming.inventory.StockSold → streaming.inventory.v2.StockFound", "Correct");
    }

    [Fact]
    public void An_upcaster_that_says_something_else_is_found()
    {
        Upcaster[] wrong = [.. Upcasters.All.Where(upcaster => upcaster.From.FullName != "streaming.inventory.ProductRegistered"),
            Upcaster.Of((Contracts.Inventory.V1.ProductRegistered e) => new ProductRegistered(e.Sku, "unknown", e.Reason, e.Reference, e.OnHand, e.Reserved, e.OccurredAt))];
        Says(_contracts.Finding("sample", "samples/inventory/ProductRegistered.1.json", upcasters: wrong), "\"displayName\":\"unknown\"", "correct the schema or the upcaster");
    }

    [Fact]
    public void A_sample_that_no_longer_says_what_it_said_is_found()
    {
        _contracts.Edit("samples/inventory/StockSold.1.json", "\"quantity\": 2", "\"quantity\": 3");
        Says(_contracts.Finding("sample", "samples/inventory/StockSold.1.json"), "By inventory/StockSold.avsc it says", "git checkout");
    }

    [Fact]
    public void A_version_without_a_sample_is_found() =>
        Says(_contracts.Delete("samples/inventory/StockSold.1.json").Finding("sample", "inventory/StockSold.avsc"), "No sample of it is stored", "publish");

    [Fact]
    public void A_split_of_which_one_side_has_no_sample_is_found() =>
        Says(_contracts.Delete("samples/inventory/StockAdjusted.1.lost.json").Finding("sample", "inventory/StockAdjusted.avsc"), "becomes streaming.inventory.v2.StockLost", "StockAdjusted.1.<word>.json");

    [Theory]
    [InlineData("\"body\": \"2a", "\"body\": \"ffffffff2a")]
    [InlineData("\"body\": \"2a", "\"body\": \"2a2a")]
    [InlineData("\"body\": \"2a", "\"body\": \"xx")]
    [InlineData("{", "[")]
    public void A_sample_of_other_bytes_is_found_and_not_fallen_over(string old, string text)
    {
        var sample = _contracts.Read("samples/inventory/StockSold.1.json");
        var at = sample.IndexOf(old, StringComparison.Ordinal);
        _contracts.Write("samples/inventory/StockSold.1.json", $"{sample[..at]}{text}{sample[(at + old.Length)..]}");
        _contracts.Finding("sample", "samples/inventory/StockSold.1.json").ToDo.ShouldContain("git checkout");
    }

    [Fact]
    public void Publishing_lists_what_is_new_and_leaves_what_is_listed()
    {
        var sold = _contracts.Read("inventory/StockSold.avsc");
        _contracts.Edit("inventory/StockShipped.avsc", "Units set aside for an order left the shelf.", "Changed.").Write("inventory/StockSold.2.avsc", sold);
        Publication.Publish(_contracts.Root).ShouldBe(["inventory/StockSold.2.avsc", "samples/inventory/StockSold.2.json"]);
        ContractCheck.Run(_contracts.Root).Findings.Where(finding => finding.Rule == "published").Select(finding => finding.File).ShouldBe(["inventory/StockShipped.avsc"]);
        _contracts.Read("samples/inventory/StockSold.2.json").ShouldContain("\"madeBy\": \"Streaming.Avro\"");
    }

    [Fact]
    public void Publishing_says_in_older_samples_what_they_have_become()
    {
        var stored = _contracts.Read("samples/inventory/StockReceived.1.json");
        _contracts.Write("samples/inventory/StockReceived.1.json", stored.Replace(",\n    \"supplier\": null", "", StringComparison.Ordinal));
        _contracts.Edit("published.sha256", _contracts.Read("published.sha256").Split('\n').Single(line => line.EndsWith("inventory/StockReceived.2.avsc")) + "\n", "");
        Publication.Publish(_contracts.Root).ShouldBe(["inventory/StockReceived.2.avsc", "samples/inventory/StockReceived.1.json"]);
        _contracts.Read("samples/inventory/StockReceived.1.json").ShouldBe(stored);
    }

    public void Dispose() => _contracts.Dispose();

    private static void Says(Finding finding, string what, string toDo)
    {
        finding.ToString().ShouldContain(what);
        finding.ToString().ShouldContain(toDo);
    }
}
