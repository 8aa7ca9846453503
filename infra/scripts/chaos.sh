#!/usr/bin/env bash
# Seeded faults against real processes under load for SECONDS (120), then every check; then SIMULATED (1000) rounds of the sinks' worker. SEED repeats a run.
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
infra/scripts/build.sh all
exec dotnet artifacts/bin/Streaming.Chaos/release/chaos.dll
