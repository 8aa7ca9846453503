#!/usr/bin/env bash
# The Avro contracts: schemas.sh check (what make schemas does) or schemas.sh publish (lists new versions, which then never change).
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
infra/scripts/build.sh hosts
exec dotnet artifacts/bin/Streaming.Cli/release/streamctl.dll schemas "${1:-check}" schemas
