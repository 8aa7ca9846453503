using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal readonly record struct GrowableTopic(string Name, int Count);

internal sealed record CreatePartitionsRequest(IReadOnlyList<GrowableTopic> Topics, bool IsDryRun);

internal readonly record struct GrownTopic(string Name, ErrorCode Error, string? Reason);

internal sealed record CreatePartitionsResponse(IReadOnlyList<GrownTopic> Topics);

/// <summary>CreatePartitions (key 37), v0–v3: raises the number of partitions of topics.</summary>
/// <remarks>v2 flexible. Assignments to brokers are ignored: there is one. Source: Kafka protocol guide; KIP-195, KIP-599.</remarks>
internal sealed class CreatePartitions(TopicTable topics) : IApi<CreatePartitionsRequest, CreatePartitionsResponse>
{
    public ApiKey Key => ApiKey.CreatePartitions;

    public ApiVersionRange Versions => new(0, 3, FirstFlexible: 2);

    public CreatePartitionsRequest Decode(ref WireReader reader)
    {
        var growable = reader.ReadArray(static (ref r) =>
        {
            var topic = new GrowableTopic(r.ReadString(), r.ReadInt32());
            r.ReadNullableArray(static (ref a) =>
            {
                a.ReadInt32Array();
                a.SkipTags();
                return 0;
            });
            r.SkipTags();
            return topic;
        });
        reader.ReadInt32(); // timeout
        var isDryRun = reader.ReadBoolean();
        reader.SkipTags();
        return new CreatePartitionsRequest(growable, isDryRun);
    }

    public async ValueTask<CreatePartitionsResponse?> HandleAsync(CreatePartitionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var grown = new List<GrownTopic>();
        foreach (var (name, count) in request.Topics)
        {
            var change = InternalTopics.IsInternal(name)
                ? TopicChange.Refused(ErrorCode.InvalidTopicException, $"{name} is the broker's own.")
                : await topics.GrowAsync(name, count, request.IsDryRun, cancellationToken);
            grown.Add(new GrownTopic(name, change.Error, change.Reason));
        }

        return new CreatePartitionsResponse(grown);
    }

    public void Encode(WireWriter writer, CreatePartitionsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Topics, static (w, topic) =>
        {
            w.WriteString(topic.Name);
            w.WriteErrorCode(topic.Error);
            w.WriteReason(topic.Reason);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }
}
