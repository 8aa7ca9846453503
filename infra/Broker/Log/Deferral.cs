namespace Streaming.Broker.Log;

/// <summary>How records are read that are read only when they are sent.</summary>
/// <param name="BytesMin">Fewer are read immediately.</param>
/// <param name="BytesMax">How many are wanted.</param>
/// <param name="PieceBytes">How much is read at a time, but for a batch that alone is larger.</param>
/// <param name="ReportDamage">Told the offset of records that prove to be damaged then, or that the disk does not give back.</param>
internal readonly record struct Deferral(int BytesMin, int BytesMax, int PieceBytes, Action<long> ReportDamage);
