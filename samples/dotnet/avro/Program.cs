// The record Sample.Person is made of schemas/Person.avsc and Person.2.avsc while this compiles.
using Sample;
using Streaming.Avro;
using Streaming.Avro.Compatibility;
using Streaming.Avro.Generic;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;

var ada = new Person("Ada", new DateOnly(1815, 12, 10), "ada@example.com");

// Encoded, into a buffer of your own without any allocation, and decoded.
var buffer = new byte[256];
var written = AvroEncoding.Encode(ada, buffer);
Console.WriteLine($"{written} bytes: {Convert.ToHexStringLower(buffer.AsSpan(0, written))}");
Console.WriteLine(AvroEncoding.Decode<Person>(buffer.AsSpan(0, written)) == ada ? "decoded the same" : "decoded otherwise");

// Evolved: what the version before wrote is read as the newest.
var first = Person.RecordType.Versions[0];
var old = GenericEncoding.Encode(first, new GenericRecord(first, ["Grace", new DateOnly(1906, 12, 9).DayNumber - new DateOnly(1970, 1, 1).DayNumber]));
var plan = ResolutionPlan.Create(first, Person.RecordType.Schema);
Console.WriteLine($"of the first version: {plan.Decode<Person>(old)}");

// Judged: a field without a default could not be read from what is there.
var breaking = AvroSchema.Parse("""{"type": "record", "name": "Person", "namespace": "sample", "fields": [{"name": "shoeSize", "type": "int"}]}""");
foreach (var broken in EvolutionRules.Check(CompatibilityLevel.Backward, breaking, Person.RecordType.Versions))
    Console.WriteLine($"not backward compatible: {broken.Cause.KindName} at {broken.Cause.Location}");
