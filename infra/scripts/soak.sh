#!/usr/bin/env bash
# The tests that take minutes each: the faults of the write side once more, on Apache Kafka where it is present.
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
infra/scripts/build.sh all
exec dotnet artifacts/bin/Streaming.EndToEnd.Tests/release/Streaming.EndToEnd.Tests.dll -noColor -trait Run=soak
