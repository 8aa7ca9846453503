namespace Streaming.Commands.Deciding;

/// <summary>What a batch did, for the metrics; counted only once the batch is committed.</summary>
internal sealed class BatchCounts
{
    private readonly Dictionary<string, int> _refusedByCode = [];

    public int Accepted { get; set; }
    public int Events { get; set; }
    public int Requests { get; set; }
    public int Repeated { get; set; }
    public int Forwarded { get; set; }
    public int Skipped { get; set; }
    public int Erased { get; set; }

    public IReadOnlyDictionary<string, int> RefusedByCode => _refusedByCode;

    public void Refuse(string code) => _refusedByCode[code] = _refusedByCode.GetValueOrDefault(code) + 1;

    public void Clear()
    {
        (Accepted, Events, Requests, Repeated, Forwarded, Skipped, Erased) = (0, 0, 0, 0, 0, 0, 0);
        _refusedByCode.Clear();
    }
}
