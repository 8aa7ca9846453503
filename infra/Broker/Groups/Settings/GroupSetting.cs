namespace Streaming.Broker.Groups.Settings;

/// <summary>A setting that a group can have of its own, all of them whole numbers.</summary>
/// <param name="Name">As Kafka names it; the broker's setting for all groups, and its bounds, have names made of this one.</param>
/// <param name="Default">The broker's value, for groups that do not set it.</param>
/// <param name="Lowest">Of what a group may set.</param>
/// <param name="Highest">Of what a group may set.</param>
internal sealed record GroupSetting(string Name, Func<GroupOptions, int> Default, Func<GroupOptions, int> Lowest, Func<GroupOptions, int> Highest);
