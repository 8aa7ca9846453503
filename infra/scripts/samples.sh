#!/usr/bin/env bash
# Gets what the samples in other languages need, where that can be done here. Where not, their tests are left out and say so.
. "$(dirname "$0")/lib.sh"
cd "$root"
mkdir -p .nuget
log=$root/.nuget/samples.log

has_python() { /usr/bin/python3 -c 'import confluent_kafka, avro.io' >/dev/null 2>&1; }
has_duckdb() { (cd samples/duckdb && node -e 'require("@duckdb/node-api")') >/dev/null 2>&1; }
has_node() { (cd samples/node && node -e 'require("kafkajs"); require("avsc")') >/dev/null 2>&1; }

if ! has_python && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  say 'Installing what the Python sample needs (apt-get install python3-confluent-kafka python3-avro)'
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-confluent-kafka python3-avro; } \
    >"$log" 2>&1 </dev/null || true
fi
if ! has_node && command -v node >/dev/null && command -v npm >/dev/null; then
  say 'Installing what the Node.js sample needs (npm ci in samples/node)'
  (cd samples/node && npm ci --no-audit --no-fund) >>"$log" 2>&1 </dev/null || true
fi
if ! has_duckdb && command -v node >/dev/null && command -v npm >/dev/null; then
  say 'Installing what SQL over the lake needs (npm install in samples/duckdb)'
  (cd samples/duckdb && npm install --no-package-lock --no-audit --no-fund) >>"$log" 2>&1 </dev/null || true
fi
