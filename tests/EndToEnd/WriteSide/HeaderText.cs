using System.Text;
using Confluent.Kafka;

namespace Streaming.EndToEnd.Tests.WriteSide;

internal static class HeaderText
{
    /// <summary>A header as text; empty where there is none.</summary>
    public static string Text(this Headers headers, string name) => headers.TryGetLastBytes(name, out var value) ? Encoding.UTF8.GetString(value) : "";
}
