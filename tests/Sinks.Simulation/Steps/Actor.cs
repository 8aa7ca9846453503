namespace Streaming.Sinks.Simulation.Steps;

/// <summary>What happens one after another: the worker of a partition on a host, or somebody who stops one.</summary>
internal sealed class Actor(string name)
{
    private static readonly AsyncLocal<Actor?> _present = new();

    /// <summary>On whose behalf the running code runs.</summary>
    public static Actor? Present
    {
        get => _present.Value;
        set => _present.Value = value;
    }

    public string Name => name;

    /// <summary>It takes no further step: its process stands still, or is gone.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Its process was killed: nobody waits for what it does.</summary>
    public bool IsDead { get; set; }

    public bool IsDone { get; set; }

    /// <summary>Who ends it; null while nobody does.</summary>
    public Actor? Ending { get; set; }

    /// <summary>Whom it ends; null for a worker.</summary>
    public Actor? Ends { get; set; }

    /// <summary>What it ends is not to finish anything.</summary>
    public bool Abandons { get; set; }

    public override string ToString() => name;
}
