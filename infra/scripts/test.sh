#!/usr/bin/env bash
# Builds the solution and runs every test program in it, without what takes minutes each (soak.sh). The last line is: N passed, N failed.
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
infra/scripts/build.sh all
infra/scripts/samples.sh

project_deadline_s=1200
passed=0 failed=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT

count() { sed -n "s/.* Total: .*[, ]*$1: \([0-9]*\).*/\1/p" "$output" | tail -1; }
total() { sed -n 's/.* Total: \([0-9]*\),.*/\1/p' "$output" | tail -1; }

for project in $(sed -n 's/^Project.* = "\(Streaming\.[^"]*\.Tests\)".*/\1/p' Streaming.sln); do
  started=$SECONDS code=0
  timeout --kill-after=10 "$project_deadline_s" dotnet "artifacts/bin/$project/release/$project.dll" -noColor -trait- Run=soak >"$output" 2>&1 </dev/null || code=$?
  # A project whose packages or servers are absent here says so, and counts nowhere.
  if [ "$code" -eq 0 ] && grep -q ' Total: 0$' "$output" && grep '^absent: ' "$output"; then
    continue
  fi
  if [ -z "$(total)" ] || { [ "$code" -ne 0 ] && [ "$(($(count Failed) + $(count Errors)))" -eq 0 ]; }; then
    cat "$output"
    [ "$code" -ne 124 ] || say "$project was stopped after $project_deadline_s s."
    say "$project ended with $code and no result."
    failed=$((failed + 1))
    continue
  fi
  bad=$(($(count Failed) + $(count Errors)))
  good=$(($(total) - $(count Failed) - $(count Skipped) - $(count 'Not Run')))
  [ "$bad" -eq 0 ] || cat "$output"
  grep '^absent: ' "$output" || true   # What was left out because a server is absent.
  printf '%-40s %5d passed %3d failed %5d s\n' "$project" "$good" "$bad" $((SECONDS - started))
  passed=$((passed + good)) failed=$((failed + bad))
done

say "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
