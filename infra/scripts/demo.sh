#!/usr/bin/env bash
# Plays the stories against the running stack.
. "$(dirname "$0")/lib.sh"
[ -f "$addresses" ] || die "Nothing is running ($addresses is absent): make up."
grep -q '^SEARCH_QUERIES_URL=' "$addresses" || die 'What runs was started by an earlier version: make up starts what it lacks.'
set -a
. "$addresses"
exec dotnet "$root/artifacts/bin/Streaming.Cli/release/streamctl.dll" demo
