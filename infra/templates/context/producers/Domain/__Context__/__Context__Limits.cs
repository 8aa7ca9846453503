using Streaming.Contracts.__Context__;

namespace Streaming.Domain.__Context__;

/// <summary>What a command must look like, whatever the state: the rules that need none.</summary>
public static class __Context__Limits
{
    /// <summary>The first rule that the command breaks; null when it breaks none.</summary>
    public static Refusal? Check(__Aggregate__Command command) => Fields.Id("__aggregate__Id", command.__Aggregate__Id.Value) ?? command switch
    {
        Open__Aggregate__ c => Fields.Name("name", c.Name) ?? Fields.Texts(c.Reason, c.Reference),
        Count__Aggregate__ c => Fields.AboveZero("quantity", c.Quantity, of: "units") ?? Fields.Texts(c.Reason, c.Reference),
        Close__Aggregate__ c => Fields.Texts(c.Reason, c.Reference),
        _ => null,
    };
}
