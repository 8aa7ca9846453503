using Confluent.Kafka;
using Streaming.Avro.Schema;

namespace Streaming.Serdes;

/// <summary>Under which subject a record's schema is registered.</summary>
/// <remarks>Source: Confluent Schema Registry documentation, "Subject name strategy".</remarks>
public enum SubjectNameStrategy
{
    /// <summary>The record's full name: one history of versions wherever the record appears, and any records on one topic. The pipeline's choice.</summary>
    Record,

    /// <summary><c>{topic}-value</c> or <c>{topic}-key</c>: one record on each topic.</summary>
    Topic,

    /// <summary><c>{topic}-{full name}</c>: any records on one topic, with a history for each topic.</summary>
    TopicRecord,
}

internal static class SubjectNames
{
    public static string Subject(this SubjectNameStrategy strategy, RecordSchema schema, SerializationContext context) => strategy switch
    {
        SubjectNameStrategy.Topic => $"{context.Topic}-{(context.Component == MessageComponentType.Key ? "key" : "value")}",
        SubjectNameStrategy.TopicRecord => $"{context.Topic}-{schema.FullName}",
        _ => schema.FullName,
    };
}
