using System.ComponentModel.DataAnnotations;

namespace Streaming.ElasticSink;

/// <summary>Where the documents go. Section <c>Elastic</c>.</summary>
internal sealed class ElasticOptions
{
    public const string Section = "Elastic";

    /// <summary>Base address of Elasticsearch, OpenSearch, or the embedded search node.</summary>
    [Required(ErrorMessage = "Set Elastic:Url to the address of Elasticsearch or OpenSearch, such as http://127.0.0.1:9200.")]
    public string Url { get; set; } = "";

    /// <summary>Before the name of every index and alias.</summary>
    [RegularExpression("[a-z0-9][a-z0-9._-]*", ErrorMessage = "Elastic:IndexPrefix is lower-case letters, digits, points, dashes; it begins with a letter or digit.")]
    public string IndexPrefix { get; set; } = "streaming-";

    /// <summary>Which set of indices is written. Another number fills others beside them; readers' aliases stay where they are.</summary>
    [Range(1, 100_000)]
    public int Generation { get; set; } = 1;

    /// <summary>With <see cref="Password"/>, for HTTP basic authentication; empty: none.</summary>
    public string UserName { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>An API key in place of name and password.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Requests are packed by gzip: worth it where the network is slower than the processors.</summary>
    public bool Compresses { get; set; }

    /// <summary>Most bytes of one bulk request, before packing.</summary>
    [Range(64 * 1024, 100 * 1024 * 1024)]
    public int RequestBytesMax { get; set; } = 8 * 1024 * 1024;

    /// <summary>How long a request may take.</summary>
    [Range(1_000, 600_000)]
    public int TimeoutMs { get; set; } = 60_000;

    /// <summary>How long a query waits for the version that <c>?atLeast=</c> asks for.</summary>
    [Range(0, 60_000)]
    public int AtLeastWaitMs { get; set; } = 5_000;

    /// <summary>How often it looks meanwhile.</summary>
    [Range(1, 10_000)]
    public int AtLeastPollMs { get; set; } = 20;

    /// <summary>The same for another generation.</summary>
    internal ElasticOptions Of(int generation)
    {
        var options = (ElasticOptions)MemberwiseClone();
        options.Generation = generation;
        return options;
    }
}
