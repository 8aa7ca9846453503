namespace Streaming.Broker.Groups.Consumer.Assignors;

/// <summary>The assignors that members may ask for. The first is for groups whose members ask for none.</summary>
internal sealed class AssignorTable
{
    private static readonly IPartitionAssignor[] _known = [new UniformAssignor(), new RangeAssignor()];

    private readonly IReadOnlyList<IPartitionAssignor> _offered;

    /// <param name="names">Comma separated, the default first.</param>
    /// <exception cref="ArgumentException">There is no assignor of such a name.</exception>
    public AssignorTable(string names) => _offered =
    [
        .. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => _known.FirstOrDefault(one => one.Name == name)
            ?? throw new ArgumentException($"There is no assignor {name}; there are {string.Join(", ", _known.Select(one => one.Name))}.", nameof(names))),
    ];

    public IReadOnlyList<string> Names => [.. _offered.Select(one => one.Name)];

    public bool Has(string name) => _offered.Any(one => one.Name == name);

    /// <summary>The one that most members ask for; of two, the one offered earlier.</summary>
    public IPartitionAssignor Choose(IEnumerable<Subscriber> members)
    {
        var votes = members.CountBy(member => member.ServerAssignor ?? "").ToDictionary();
        return _offered.MaxBy(one => votes.GetValueOrDefault(one.Name))!;
    }
}
