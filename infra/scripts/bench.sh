#!/usr/bin/env bash
# Measures: every benchmark (or BENCH="name …"), then what an idle stack takes. Figures with machine and date are in docs/benchmarks.md.
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
infra/scripts/build.sh all

program=artifacts/bin/Streaming.Benchmarks/release/Streaming.Benchmarks.dll
known=$(dotnet "$program" 2>&1 | sed -n 's/.*One of: \(.*\)\.$/\1/p' | tr -d ,) || true
for name in ${BENCH:-$known}; do
  say '' "== $name"
  dotnet "$program" "$name"
done
[ -z "${BENCH:-}" ] || exit 0

say '' '== memory of an idle stack'
STREAMING_HOME=$(mktemp -d)
export STREAMING_HOME
trap 'infra/scripts/down.sh >/dev/null; place=$(readlink -f "$STREAMING_HOME/postgres/server" || true); rm -rf -- "$STREAMING_HOME" ${place:+"$place"}' EXIT
infra/scripts/up.sh >/dev/null
infra/scripts/demo.sh >/dev/null
sleep 30   # Until it is idle.
infra/scripts/memory.sh
