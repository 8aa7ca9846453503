using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

/// <summary>A topic as a request names it: by its name, or in newer versions by its id.</summary>
/// <param name="Name">Null for an id that no topic has, or that was not looked up yet.</param>
internal sealed record TopicRef(string? Name, Guid Id)
{
    /// <summary>For an API none of whose served versions names topics by id.</summary>
    public const short Never = short.MaxValue;

    /// <param name="idSince">The version from which on the id stands in the name's place.</param>
    public static TopicRef Read(ref WireReader reader, short idSince) =>
        reader.Version >= idSince ? new TopicRef(Name: null, reader.ReadUuid()) : new TopicRef(reader.ReadString(), Guid.Empty);

    public void Write(WireWriter writer, short idSince)
    {
        if (writer.Version >= idSince)
            writer.WriteUuid(Id);
        else
            writer.WriteString(Name!);
    }

    /// <summary>The same with its name, if there is such a topic.</summary>
    public TopicRef Named(ITopicDirectory topics) => Name is null ? this with { Name = topics.FindShape(Id)?.Name } : this;
}
