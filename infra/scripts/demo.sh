#!/usr/bin/env bash
# Plays the story against the running stack.
. "$(dirname "$0")/lib.sh"
[ -f "$addresses" ] || die "Nothing is running ($addresses is absent): make up."
. "$addresses"
exec dotnet "$root/artifacts/bin/Streaming.Cli/release/streamctl.dll" demo --commands "$COMMANDS_URL" --stock "$STOCK_URL"
