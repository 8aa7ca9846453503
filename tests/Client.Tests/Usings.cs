global using Streaming.Fixtures;
