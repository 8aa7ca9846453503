using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record ApiVersionsRequest(bool IsVersionServed);

internal sealed record ApiVersionsResponse(ErrorCode Error, IReadOnlyList<IApi> Apis);

/// <summary>ApiVersions (key 18), v0–v4: which APIs are served, in which versions.</summary>
/// <remarks>v1 throttle time · v3 flexible, client software name. An unserved version is answered in v0 with UNSUPPORTED_VERSION (KIP-511); the
/// response header is never flexible. Left out: features (none is finalized, so that clients keep to the first transaction protocol).
/// Source: Kafka protocol guide; KIP-35, KIP-511, KIP-584.</remarks>
internal sealed class ApiVersions(ApiTable apis) : IApi<ApiVersionsRequest, ApiVersionsResponse>
{
    /// <summary>Stands for any version that is not served: read nothing, answer in v0.</summary>
    public const short UnservedVersion = -1;

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
            new(request.IsVersionServed ? ErrorCode.None : ErrorCode.UnsupportedVersion, apis.All));

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
        writer.WriteEmptyTags();
    }
}
