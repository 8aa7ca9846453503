using Streaming.Contracts.__Context__;

namespace Streaming.Domain.__Context__;

/// <summary>What __context__ says when a rule about the state is broken. The codes are part of the API.</summary>
internal static class __Context__Refusals
{
    public static Refusal Unknown(__Aggregate__Id id) => new(
        "unknown-__kebab__", $"{id} is not known: open it first, or check the id.");

    public static Refusal AlreadyOpen(__Aggregate__Id id, __Aggregate__ before) => new(
        "already-open", $"{id} is open as '{before.Name}': it is opened once; use another id for another one.");

    public static Refusal Closed(__Aggregate__Id id) => new(
        "closed", $"{id} is closed, which is final: open another one under another id.");

    public static Refusal TooMany(__Aggregate__Id id, int asked, __Aggregate__ before) => new(
        "too-many", $"{asked} asked, {id} has counted {before.Total}: at most {int.MaxValue - before.Total} more can be counted.");
}
