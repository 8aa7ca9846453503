using System.Text;

namespace Streaming.Commands.Snapshots;

/// <summary>Keys of the snapshots topic: aggregate ids, and one that none may have.</summary>
internal static class SnapshotKeys
{
    /// <summary>Key of the record that ends a round. A command for an aggregate of this id is refused.</summary>
    public const string Checkpoint = "@checkpoint";

    public static byte[] CheckpointBytes { get; } = Encoding.UTF8.GetBytes(Checkpoint);
}
