using System.ComponentModel.DataAnnotations;

namespace Streaming.CommandHost.Fulfilment;

/// <summary>The external risk check of orders. Section <c>RiskCheck</c>.</summary>
public sealed class RiskCheckOptions : IValidatableObject
{
    public const string Section = "RiskCheck";

    /// <summary>Where checks are posted, such as <c>http://127.0.0.1:7100/checks</c>. Empty: nobody is asked, every check is answered unavailable, and
    /// every order is rejected.</summary>
    public string Url { get; set; } = "";

    /// <summary>How long one call may take, in milliseconds. Then it is tried again.</summary>
    [Range(10, 300_000)]
    public int CallTimeoutMs { get; set; } = 3_000;

    /// <summary>Pause before the first repetition, in milliseconds; it doubles, with jitter, up to <see cref="RetryDelayMsMax"/>.</summary>
    [Range(1, 60_000)]
    public int RetryDelayMs { get; set; } = 200;

    /// <inheritdoc cref="RetryDelayMs"/>
    [Range(1, 300_000)]
    public int RetryDelayMsMax { get; set; } = 5_000;

    /// <summary>How long before a check's deadline it is given up and answered unavailable, in milliseconds, so that the answer is there in time.</summary>
    [Range(0, 60_000)]
    public int GiveUpBeforeMs { get; set; } = 2_000;

    /// <summary>Most checks at the same time. More wait on the topic.</summary>
    [Range(1, 1_000)]
    public int ParallelismMax { get; set; } = 32;

    /// <summary>After how long without a heartbeat another host makes a dead one's checks, in milliseconds. Well below a check's time: librdkafka's
    /// default of 45 s would let every check of a killed host run out.</summary>
    [Range(1_000, 300_000)]
    public int SessionTimeoutMs { get; set; } = 6_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Url.Length > 0 && !(Uri.TryCreate(Url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            yield return new ValidationResult($"RiskCheck:Url is '{Url}', which is no http address. Set it to where checks are posted, such as https://risk.example/checks.");
    }
}
