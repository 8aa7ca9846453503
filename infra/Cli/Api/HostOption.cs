using System.CommandLine;

namespace Streaming.Cli.Api;

/// <summary>Options by which commands are told a host's address and key; each has an environment variable for its default.</summary>
internal static class HostOption
{
    public static Option<string?> Commands() => Text("--commands", "Address of the command host", "COMMANDS_URL");

    public static Option<string?> Stock() => Text("--stock", "Address of the SQL sink", "STOCK_URL");

    public static Option<string?> Search() => Text("--search", "Address of the Elastic sink, which answers for search", "SEARCH_QUERIES_URL");

    public static Option<string?> Mail() => Text("--mail", "Where messages to customers are posted, and shown", "MAIL_URL");

    public static Option<string?> Lake() => Text("--lake", "The lake: a folder, or s3://bucket/path", "LAKE_URL");

    public static Option<string?> Key() => Text("--api-key", "Key of the hosts, where they have one", "API_KEY");

    /// <exception cref="Failure">The address is none.</exception>
    public static HttpClient Connect(Option option, string? address, string? key)
    {
        if (!Uri.TryCreate(address?.TrimEnd('/') + "/", UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new Failure($"'{address}' is no address: give {option.Name} http://…, or read the stack's addresses (set -a; . .streaming/addresses.env).");
        var http = new HttpClient { BaseAddress = uri };
        if (!string.IsNullOrEmpty(key))
            http.DefaultRequestHeaders.Add("X-Api-Key", key);
        return http;
    }

    private static Option<string?> Text(string name, string description, string variable) => new(name)
    {
        Description = $"{description} (default: environment variable {variable}).",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable),
    };
}
