using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Streaming.Registry.Api;

/// <summary>/v1/metadata: which registry answers, and of what version.</summary>
internal sealed class MetadataApi(RegistryServerOptions options)
{
    /// <summary>The version of Confluent's API that is served, which clients may look at; not one of this software.</summary>
    public const string ApiVersion = "8.2.0";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/metadata/id", () => Exchange.Answer(Cluster(), RelaxedJson.Api.ClusterAnswer));
        routes.MapGet("/v1/metadata/version", () => Exchange.Answer(new VersionAnswer(ApiVersion, ""), RelaxedJson.Api.VersionAnswer));
    }

    private ClusterAnswer Cluster() => new("", new ClusterScope([], new Dictionary<string, string> { ["schema-registry-cluster"] = options.Topic }));
}
