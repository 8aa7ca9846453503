namespace Streaming.Avro.Generator;

/// <summary>Expressions that make Apache.Avro's values of ours, and ours of theirs.</summary>
/// <remarks>Ours may be null where none should be: their reader asks a record that it is still filling for what it has so far.</remarks>
internal static class ApacheValue
{
    /// <summary>Their value, of ours in that expression; an object, or null.</summary>
    public static string There(TypeCode code, string value, string values, int depth = 0) => code switch
    {
        CalledCode called => called.Apache.There.Replace("{0}", value),
        StrongCode strong => $"({value} is {{ }} strong{depth} ? (object?){There(strong.Inner, $"strong{depth}.Value", values, depth + 1)} : null)",
        NullableCode { Inner: var inner } => $"({value} is {{ }} present{depth} ? (object?){There(inner, $"present{depth}", values, depth + 1)} : null)",
        SingleBranchCode single => There(single.Inner, value, values, depth),
        ChoiceCode choice => $"({value} switch {{ {string.Concat(Cases(choice).Select(branch =>
            $"{choice.Name}.{branch.Name} choice{depth} => (object?){There(branch.Code, $"choice{depth}.Value", values, depth + 1)}, "))}_ => null }})",
        ArrayCode array => $"{values}.FromList({value}, static item{depth} => (object?){There(array.Item, $"item{depth}", values, depth + 1)})",
        MapCode map => $"{values}.FromMap({value}, static entry{depth} => (object?){There(map.Value, $"entry{depth}", values, depth + 1)})",
        _ => throw new InvalidOperationException($"No value of Apache.Avro for {code.GetType().Name}; add it above."),
    };

    /// <summary>Our value, of theirs in that variable, which is an object.</summary>
    public static string Here(TypeCode code, string value, string values, int depth = 0) => code switch
    {
        CalledCode called => called.Apache.Here.Replace("{0}", value),
        StrongCode strong => $"new {strong.Name}({Here(strong.Inner, value, values, depth)})",
        NullableCode { Inner: var inner } nullable => $"({value} is null ? default({nullable.PropertyType}) : {Here(inner, value, values, depth)})",
        SingleBranchCode single => Here(single.Inner, value, values, depth),
        ChoiceCode choice => $"({value} switch {{ {(choice.NullIndex < 0 ? "" : "null => null, ")}{string.Concat(Cases(choice).Select((branch, i) =>
            $"_ when {Test(branch.Code, value)} => ({choice.Name})new {choice.Name}.{branch.Name}({Here(branch.Code, value, values, depth)}), "))}_ => throw {values}.NoBranch({value}) }})",
        ArrayCode array => $"{values}.List<{array.Item.PropertyType}>({value}, static item{depth} => {Here(array.Item, $"item{depth}", values, depth + 1)})",
        MapCode map => $"{values}.Map<{map.Value.PropertyType}>({value}, static entry{depth} => {Here(map.Value, $"entry{depth}", values, depth + 1)})",
        _ => throw new InvalidOperationException($"No value of Apache.Avro for {code.GetType().Name}; add it above."),
    };

    // Numbers before symbols, which are numbers to their reader; bytes are lists to .NET.
    private static IEnumerable<ChoiceBranch> Cases(ChoiceCode choice) =>
        choice.Branches.Where((_, i) => i != choice.NullIndex).OrderBy(branch => branch.Code is CalledCode { Apache.Test: var test } && test.Contains("Enum") ? 1 : branch.Code is ArrayCode ? 2 : 0);

    private static string Test(TypeCode code, string value) => code switch
    {
        CalledCode called => called.Apache.Test.Replace("{0}", value),
        StrongCode strong => Test(strong.Inner, value),
        MapCode => $"{value} is global::System.Collections.IDictionary",
        _ => $"{value} is global::System.Collections.IList",
    };
}
