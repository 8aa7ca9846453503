using System.ComponentModel.DataAnnotations;
using Streaming.Domain.Fulfilment;

namespace Streaming.CommandHost.Fulfilment;

/// <summary>How long fulfilment waits. Section <c>Fulfilment</c>. Counts for what is asked from now on: deadlines stand in the events.</summary>
public sealed class FulfilmentOptions
{
    public const string Section = "Fulfilment";

    /// <summary>For an answer of inventory, accounts or orders. Shorter gives orders up that a slow moment would have fulfilled.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StepTimeout { get; set; } = FulfilmentTimeouts.Default.Step;

    /// <summary>For the external risk check, its retries included.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RiskTimeout { get; set; } = FulfilmentTimeouts.Default.Risk;
}
