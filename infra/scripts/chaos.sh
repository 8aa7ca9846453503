#!/usr/bin/env bash
# Seeded faults against real processes: commands under load for SECONDS (120), ROUNDS (50) of the three sinks, every check after each; then SIMULATED (1000)
# rounds of the sinks' worker. SEED repeats a run. Arguments name the parts (write, read, simulated); none means all.
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
infra/scripts/build.sh all
exec dotnet artifacts/bin/Streaming.Chaos/release/chaos.dll "$@"
