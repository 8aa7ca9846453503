namespace Streaming.Domain.Tests.Fulfilment.Page;

public sealed class FulfilmentPageTests
{
    [Fact]
    public void The_page_says_what_the_rules_do()
    {
        var path = Path.Combine(Root(), "docs", "fulfilment.md");
        var written = FulfilmentPage.Write(StateExplorer.Explore());
        if (Environment.GetEnvironmentVariable("FULFILMENT_PAGE") == "write")
            File.WriteAllText(path, written);
        var found = File.Exists(path) ? File.ReadAllText(path) : "";
        if (found != written)
            Assert.Fail($"docs/fulfilment.md is not what the rules do. Run this test with FULFILMENT_PAGE=write, or save this:\n\n{written}");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Streaming.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No Streaming.sln above {AppContext.BaseDirectory}.");
        return folder.FullName;
    }
}
