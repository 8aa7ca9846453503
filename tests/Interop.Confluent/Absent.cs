using System.Runtime.CompilerServices;

namespace Streaming.Interop.Tests;

/// <summary>Stands for all tests of this project where Confluent's packages are not to be had.</summary>
internal static class Absent
{
#pragma warning disable CA2255 // A runner without tests runs no other code of ours.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Say() => Console.WriteLine(
        "absent: no Confluent.SchemaRegistry.Serdes.Avro (no ../shared/packages, no -p:ConfluentSerdesVersion=…); its tests are left out.");
}
