using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>Name null: by id.</summary>
internal readonly record struct DeletableTopic(string? Name, Guid Id);

internal sealed record DeleteTopicsRequest(IReadOnlyList<DeletableTopic> Topics);

internal sealed record DeletedTopic(string? Name, Guid Id, ErrorCode Error, string? Reason);

internal sealed record DeleteTopicsResponse(IReadOnlyList<DeletedTopic> Topics);

/// <summary>DeleteTopics (key 20), v1–v6: deletes topics with their data, by name or id.</summary>
/// <remarks>v4 flexible · v5 error messages · v6 topic ids. Source: Kafka protocol guide; KIP-4, KIP-516, KIP-599.</remarks>
internal sealed class DeleteTopics(TopicTable topics) : IApi<DeleteTopicsRequest, DeleteTopicsResponse>
{
    public ApiKey Key => ApiKey.DeleteTopics;

    public ApiVersionRange Versions => new(1, 6, FirstFlexible: 4);

    public DeleteTopicsRequest Decode(ref WireReader reader)
    {
        var deletable = reader.ReadArray(static (ref r) =>
        {
            if (r.Version < 6)
                return new DeletableTopic(r.ReadString(), Guid.Empty);
            var topic = new DeletableTopic(r.ReadNullableString(), r.ReadUuid());
            r.SkipTags();
            return topic;
        });
        reader.ReadInt32(); // timeout
        reader.SkipTags();
        return new DeleteTopicsRequest(deletable);
    }

    public async ValueTask<DeleteTopicsResponse?> HandleAsync(DeleteTopicsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var deleted = new List<DeletedTopic>();
        foreach (var topic in request.Topics)
            deleted.Add(await DeleteAsync(topic, cancellationToken));
        return new DeleteTopicsResponse(deleted);
    }

    public void Encode(WireWriter writer, DeleteTopicsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Topics, static (w, topic) =>
        {
            w.WriteNullableString(topic.Name);
            if (w.Version >= 6)
                w.WriteUuid(topic.Id);
            w.WriteErrorCode(topic.Error);
            if (w.Version >= 5)
                w.WriteReason(topic.Reason);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private async ValueTask<DeletedTopic> DeleteAsync(DeletableTopic requested, CancellationToken cancellationToken)
    {
        var topic = requested.Name is { } name ? topics.Find(name) : topics.Find(requested.Id);
        if (topic is null)
            return new DeletedTopic(requested.Name, requested.Id, requested.Name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition, null);
        if (topic.IsInternal)
            return new DeletedTopic(topic.Name, topic.Id, ErrorCode.InvalidTopicException, $"{topic.Name} is the broker's own.");
        var change = await topics.DeleteAsync(topic.Name, cancellationToken);
        return new DeletedTopic(topic.Name, topic.Id, change.Error, change.Reason);
    }
}
