#!/usr/bin/env bash
# Starts what does not run yet, waits until all of it is healthy, writes addresses.env. STREAMING_KAFKA, STREAMING_REGISTRY, STREAMING_DATABASE,
# STREAMING_SEARCH, STREAMING_RISK_CHECK and STREAMING_MAIL name servers to use instead of our own, STREAMING_LAKE another place for the lake
# (the Makefile sets the first four and the last from its command line).
. "$(dirname "$0")/lib.sh"
. "$root/infra/scripts/start.sh"

"$root/infra/scripts/setup.sh"
[ -n "${STREAMING_IS_BUILT:-}" ] || "$root/infra/scripts/build.sh" hosts
[ -d "$home" ] || mkdir -p -m 711 "$home"   # The database's user passes through; it sees nothing.
mkdir -p -m 700 "$home/logs"
exec 8>"$home/lock"
flock 8             # Started twice at once: the second waits, and then finds everything running.

refuse_moving
start_servers
LAKE_URL=${STREAMING_LAKE:-$([ ! -f "$addresses" ] || address LAKE_URL)}   # Where it was, unless it is named.
LAKE_URL=${LAKE_URL:-file://$home/lake}
mkdir -p -m 700 "$home/lake"

# A program, and what its port and its address are called. They start side by side: each spends most of that time waiting.
hosts='Streaming.CommandHost COMMANDS_PORT
Streaming.SqlSink STOCK_PORT
Streaming.ElasticSink SEARCH_QUERIES_PORT
Streaming.LakeSink LAKE_SINK_PORT --Sinks:BatchLingerMs=1000
Streaming.Notifications NOTIFICATIONS_PORT'
while read -r project port arguments; do start_host "$project" "$port" $arguments; done <<<"$hosts"
while read -r project port _; do await_address "$project" "$port"; done <<<"$hosts"
while read -r project port _; do url=${port%_PORT}_URL && await_healthy "$project" "${!url}"; done <<<"$hosts"

write_private "$addresses" KAFKA_BOOTSTRAP SCHEMA_REGISTRY_URL COMMANDS_URL STOCK_URL SEARCH_URL SEARCH_QUERIES_URL LAKE_URL LAKE_SINK_URL \
  NOTIFICATIONS_URL MAIL_URL RISK_CHECK_URL DATABASE_URL
say "Up. Addresses (also in $addresses, logs in $home/logs):"
sed 's/^/  /' "$addresses"
