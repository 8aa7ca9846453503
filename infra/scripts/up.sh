#!/usr/bin/env bash
# Starts what does not run yet, waits until all of it is healthy, writes addresses.env. STREAMING_KAFKA, STREAMING_REGISTRY,
# STREAMING_DATABASE and STREAMING_RISK_CHECK name servers to use instead of our own (the Makefile sets the first three from its command line).
. "$(dirname "$0")/lib.sh"
. "$root/infra/scripts/start.sh"

"$root/infra/scripts/setup.sh"
"$root/infra/scripts/build.sh" hosts
[ -d "$home" ] || mkdir -p -m 711 "$home"   # The database's user passes through; it sees nothing.
mkdir -p -m 700 "$home/logs"
exec 8>"$home/lock"
flock 8             # Started twice at once: the second waits, and then finds everything running.

if [ -f "$addresses" ] && [ -n "$(stack_processes)" ]; then
  for pair in "KAFKA_BOOTSTRAP ${STREAMING_KAFKA:-}" "SCHEMA_REGISTRY_URL ${STREAMING_REGISTRY:-}" "DATABASE_URL ${STREAMING_DATABASE:-}" \
    "RISK_CHECK_URL ${STREAMING_RISK_CHECK:-}"; do
    read -r name wanted <<<"$pair"
    [ -z "$wanted" ] || [ "$(address "$name")" = "$wanted" ] || die "This stack runs with $name=$(address "$name"); make down first."
  done
fi

start_servers
start_host Streaming.CommandHost COMMANDS_PORT
start_host Streaming.SqlSink STOCK_PORT
await_healthy Streaming.CommandHost "$COMMANDS_URL"
await_healthy Streaming.SqlSink "$STOCK_URL"

write_private "$addresses" KAFKA_BOOTSTRAP SCHEMA_REGISTRY_URL COMMANDS_URL STOCK_URL RISK_CHECK_URL DATABASE_URL
say "Up. Addresses (also in $addresses, logs in $home/logs):"
sed 's/^/  /' "$addresses"
