using Streaming.Contracts;

namespace Streaming.CommandHost.Http;

/// <summary>The fields that bodies of several contexts have in common.</summary>
internal static class BodyFields
{
    extension(BodyReader body)
    {
        /// <summary>Why, in the caller's words.</summary>
        public string? Reason() => body.OptionalText("reason");

        /// <summary>The caller's own document.</summary>
        public string? Reference() => body.OptionalText("reference");

        /// <summary>Business time; when the command is recorded, unless it is given.</summary>
        public DateTimeOffset? OccurredAt() => body.OptionalTime("occurredAt");

        public OrderId Order() => new(body.Text("orderId"));

        public Currency Currency() => new(body.Text("currency"));
    }
}
