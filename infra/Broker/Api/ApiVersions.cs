using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record ApiVersionsRequest(bool IsVersionServed);

internal sealed record ApiVersionsResponse(ErrorCode Error, IReadOnlyList<IApi> Apis, IReadOnlyList<Feature> Features);

/// <summary>ApiVersions (key 18), v0–v4: which APIs are served, in which versions, and which features.</summary>
/// <remarks>v1 throttle time · v3 flexible, client software name, supported and finalized features · v4 also supported features that begin at version 0.
/// An unserved version is answered in v0 with UNSUPPORTED_VERSION (KIP-511); the response header is never flexible. Features are group.version,
/// finalized at 1 (the new consumer protocol), and transaction.version, finalized at 2: clients that know the second transaction protocol use it. Left out: metadata.version (no client asks for it).
/// Source: Kafka protocol guide; KIP-35, KIP-511, KIP-584.</remarks>
internal sealed class ApiVersions(ApiTable apis) : IApi<ApiVersionsRequest, ApiVersionsResponse>
{
    /// <summary>Stands for any version that is not served: read nothing, answer in v0.</summary>
    public const short UnservedVersion = -1;

    private const uint SupportedFeaturesTag = 0;
    private const uint FeaturesEpochTag = 1;
    private const uint FinalizedFeaturesTag = 2;

    public ApiKey Key => ApiKey.ApiVersions;

    public ApiVersionRange Versions => new(0, 4, FirstFlexible: 3);

    public ApiVersionsRequest Decode(ref WireReader reader)
    {
        if (reader.Version >= 3)
        {
            reader.ReadString(); // client software name
            reader.ReadString(); // its version
            reader.SkipTags();
        }

        return new ApiVersionsRequest(IsVersionServed: reader.Version != UnservedVersion);
    }

    public ValueTask<ApiVersionsResponse?> HandleAsync(ApiVersionsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ApiVersionsResponse?>(
            new(request.IsVersionServed ? ErrorCode.None : ErrorCode.UnsupportedVersion, apis.All, Feature.All));

    public void Encode(WireWriter writer, ApiVersionsResponse response)
    {
        writer.WriteErrorCode(response.Error);
        writer.WriteArray(response.Apis, static (w, api) =>
        {
            w.WriteInt16((short)api.Key);
            w.WriteInt16(api.Versions.Lowest);
            w.WriteInt16(api.Versions.Highest);
            w.WriteEmptyTags();
        });
        if (writer.Version >= 1)
            writer.WriteInt32(0); // throttle time
        WriteFeatures(writer, response.Features);
    }

    private static void WriteFeatures(WireWriter writer, IReadOnlyList<Feature> features)
    {
        if (!writer.IsFlexible)
            return;
        // Older clients take a lowest version of 0 for damage.
        var supported = features.Where(feature => writer.Version >= 4 || feature.Lowest > 0).ToList();
        writer.WriteTags(
            (SupportedFeaturesTag, w => w.WriteArray(supported, static (w, feature) => WriteFeature(w, feature.Name, feature.Lowest, feature.Highest))),
            (FeaturesEpochTag, static w => w.WriteInt64(Feature.Epoch)),
            (FinalizedFeaturesTag, w => w.WriteArray(features, static (w, feature) => WriteFeature(w, feature.Name, feature.Finalized, feature.Finalized))));
    }

    private static void WriteFeature(WireWriter writer, string name, short first, short last)
    {
        writer.WriteString(name);
        writer.WriteInt16(first);
        writer.WriteInt16(last);
        writer.WriteEmptyTags();
    }
}
