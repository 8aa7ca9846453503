using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>AlterConfigs (key 33), v0–v2: replaces all settings of a topic or of a group.</summary>
/// <remarks>v2 flexible. Settings that the request does not name return to their defaults. Left out: settings of the broker.
/// Source: Kafka protocol guide; KIP-133.</remarks>
internal sealed class AlterConfigs(SettingsAlteration alteration) : IApi<AlterConfigsRequest, AlterConfigsResponse>
{
    public ApiKey Key => ApiKey.AlterConfigs;

    public ApiVersionRange Versions => new(0, 2, FirstFlexible: 2);

    public AlterConfigsRequest Decode(ref WireReader reader) => AlterConfigsRequest.Read(ref reader, static (ref setting) =>
        new SettingChange(setting.ReadString(), SettingOperation.Set, setting.ReadNullableString()));

    public ValueTask<AlterConfigsResponse?> HandleAsync(AlterConfigsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        alteration.AlterAsync(request, isReplacing: true, cancellationToken);

    public void Encode(WireWriter writer, AlterConfigsResponse response) => response.Write(writer);
}
