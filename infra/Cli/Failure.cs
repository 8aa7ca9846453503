namespace Streaming.Cli;

/// <summary>The command cannot do what it was asked; the message is all that the person at the terminal needs.</summary>
internal sealed class Failure(string message, Exception? cause = null) : Exception(message, cause);
