namespace Streaming.Avro.Schema;

/// <summary>The fourteen kinds of Avro schemas. The first eight are the primitive ones.</summary>
public enum AvroType
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Record,
    Enum,
    Fixed,
    Array,
    Map,
    Union,
}
