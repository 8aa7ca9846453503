using System.ComponentModel.DataAnnotations;

namespace Streaming.Notifications;

/// <summary>Where messages to customers go. Section <c>Notifications</c>.</summary>
public sealed class NotificationOptions
{
    public const string Section = "Notifications";

    /// <summary>A service that takes <c>POST {customerId, subject, text}</c> as JSON, and knows its customers' addresses: orders carry none.</summary>
    [Required(ErrorMessage = "Notifications:Url is not set. Set the environment variable Notifications__Url, such as http://127.0.0.1:8025/messages.")]
    public Uri? Url { get; set; }
}
