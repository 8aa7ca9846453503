#!/usr/bin/env bash
# Builds the solution and runs every test program in it, without what takes minutes each (soak.sh). The last line is: N passed, N failed.
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
[ -z "${CI:-}" ] || infra/scripts/clients.sh
infra/scripts/build.sh all
infra/scripts/samples.sh

# Tests start processes by the hundred, and none of them runs for long: quick compilation, without profiles and without a better one before it has been
# quiet for 5 s (hexadecimal ms), costs them half.
export DOTNET_TieredCompilation=1 DOTNET_TieredPGO=0 DOTNET_TC_CallCountingDelayMs=1388

project_deadline_s=1800
lanes=3     # Most tests wait for processes they have started, and two processors have time for three such programs side by side.
# First, so that they are not what everything waits for at the end.
longest='Streaming.EndToEnd.Tests
Streaming.SqlSink.Tests
Streaming.Architecture.Tests
Streaming.Broker.Conformance.Tests
Streaming.Cli.Tests
Streaming.Commands.Tests
Streaming.CommandHost.Tests
Streaming.Notifications.Tests
Streaming.Lake.Tests'
passed=0 failed=0 broken=()
outputs=$(mktemp -d)
end() { # Ctrl-C: programs in the background don't get it.
  trap - INT TERM
  kill $(jobs -p) 2>/dev/null || true
  wait
  exit 130
}
trap 'rm -rf "$outputs"' EXIT
trap end INT TERM

run() { # PROJECT: its output, and then its exit code and seconds, into files of its own
  local started=$SECONDS code=0 program
  timeout --kill-after=10 "$project_deadline_s" dotnet "artifacts/bin/$1/release/$1.dll" -noColor -trait- Run=soak >"$outputs/$1" 2>&1 </dev/null &
  program=$!
  trap 'kill $program' TERM
  wait "$program" || code=$?
  echo "$code $((SECONDS - started))" >"$outputs/$1.ended"
}

count() { sed -n "s/.* Total: .*[, ]*$1: \([0-9]*\).*/\1/p" "$output" | tail -1; }
total() { sed -n 's/.* Total: \([0-9]*\),.*/\1/p' "$output" | tail -1; }

judge() { # PROJECT
  local project=$1 output=$outputs/$1 code seconds bad good
  read -r code seconds <"$output.ended"
  rm "$output.ended"
  # A project whose packages or servers are absent here says so, and counts nowhere.
  if [ "$code" -eq 0 ] && grep -q ' Total: 0$' "$output" && grep '^absent: ' "$output"; then return; fi
  if [ -z "$(total)" ] || { [ "$code" -ne 0 ] && [ "$(($(count Failed) + $(count Errors)))" -eq 0 ]; }; then
    cat "$output"
    [ "$code" -ne 124 ] || say "$project was stopped after $project_deadline_s s."
    say "$project ended with $code and no result."
    failed=$((failed + 1))
    return
  fi
  bad=$(($(count Failed) + $(count Errors)))
  good=$(($(total) - $(count Failed) - $(count Skipped) - $(count 'Not Run')))
  if [ "$bad" -ne 0 ]; then
    cat "$output"
    broken+=("$(grep -A40 '\[FAIL\]' "$output" || true)")
  fi
  grep '^absent: ' "$output" || true   # What was left out because a server is absent.
  printf '%-40s %5d passed %3d failed %5d s\n' "$project" "$good" "$bad" "$seconds"
  passed=$((passed + good)) failed=$((failed + bad))
}

judge_ended() {
  local ended
  for ended in "$outputs"/*.ended; do
    [ ! -e "$ended" ] || judge "$(basename "$ended" .ended)"
  done
}

running=0
for project in $longest $(sed -n 's/^Project.* = "\(Streaming\.[^"]*\.Tests\)".*/\1/p' Streaming.sln | grep -vxF "$longest"); do
  if [ "$running" -eq "$lanes" ]; then
    wait -n
    running=$((running - 1))
    judge_ended
  fi
  run "$project" &
  running=$((running + 1))
done
wait
judge_ended

[ "$failed" -eq 0 ] || printf '%s\n' 'What failed:' "${broken[@]}"   # Once more, where it is not lost among what passed.
say "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
