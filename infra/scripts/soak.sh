#!/usr/bin/env bash
# The tests that take minutes each: the faults of the write side once more, on Apache Kafka where it is present; a consumer of one's own, built.
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
infra/scripts/build.sh all
code=0
for project in Architecture EndToEnd; do
  dotnet "artifacts/bin/Streaming.$project.Tests/release/Streaming.$project.Tests.dll" -noColor -trait Run=soak || code=1
done
exit "$code"
