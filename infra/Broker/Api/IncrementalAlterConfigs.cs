using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>IncrementalAlterConfigs (key 44), v0–v1: sets, removes, or edits lists of single settings of topics and groups.</summary>
/// <remarks>v1 flexible. Left out: settings of the broker, which are set at its start. Source: Kafka protocol guide; KIP-339.</remarks>
internal sealed class IncrementalAlterConfigs(SettingsAlteration alteration) : IApi<AlterConfigsRequest, AlterConfigsResponse>
{
    public ApiKey Key => ApiKey.IncrementalAlterConfigs;

    public ApiVersionRange Versions => new(0, 1, FirstFlexible: 1);

    public AlterConfigsRequest Decode(ref WireReader reader) => AlterConfigsRequest.Read(ref reader, static (ref setting) =>
        new SettingChange(setting.ReadString(), (SettingOperation)setting.ReadInt8(), setting.ReadNullableString()));

    public ValueTask<AlterConfigsResponse?> HandleAsync(AlterConfigsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        alteration.AlterAsync(request, isReplacing: false, cancellationToken);

    public void Encode(WireWriter writer, AlterConfigsResponse response) => response.Write(writer);
}
