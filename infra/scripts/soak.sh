#!/usr/bin/env bash
# The tests that take minutes each, and that make test leaves out: faults once more, on Apache Kafka where it is present; a context and a consumer of one's own,
# built, from packages, and by its page; each process of a stack killed in turn.
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
infra/scripts/build.sh all
code=0
for project in $(grep -rl 'Trait("Run", "soak")' --include='*.cs' tests | cut -d/ -f2 | sort -u); do
  assembly=$(basename "$(ls "tests/$project/"*.csproj)" .csproj)
  dotnet "artifacts/bin/$assembly/release/$assembly.dll" -noColor -trait Run=soak || code=1
done
exit "$code"
