#!/usr/bin/env bash
# Stops the stack, removes its data and the build output. What was downloaded or built once stays (.nuget).
. "$(dirname "$0")/lib.sh"
"$root/infra/scripts/down.sh" >/dev/null
# Only what a stack makes: STREAMING_HOME may name a folder with other things in it.
place=$(readlink -f "$home/postgres/server" || true)
[ -z "$place" ] || rm -rf -- "$place"
for entry in postgres kafka search lake logs ports local.env addresses.env lock; do rm -rf -- "${home:?}/$entry"; done
rmdir -- "$home" 2>/dev/null || true
if grep -qsz -e "^$root/artifacts/bin/.*/Streaming\.Local\.dll$" /proc/[0-9]*/cmdline; then
  say 'Data removed; the build output stays, because another stack runs from it.'
else
  rm -rf -- "$root/artifacts"
  say 'Data and build output removed.'
fi
