#!/usr/bin/env bash
# Everything from an empty clone to the told story; then stays up until Ctrl-C, and stops.
. "$(dirname "$0")/lib.sh"

stop() {
  trap '' INT TERM HUP   # A second Ctrl-C would leave half a stack.
  say ''
  "$root/infra/scripts/down.sh"
  exit "$1"
}
trap 'stop 0' INT TERM HUP

"$root/infra/scripts/up.sh" || stop 1
"$root/infra/scripts/demo.sh" || stop 1
say '' 'It stays up until Ctrl-C. Addresses:'
sed 's/^/  /' "$addresses"

processes=$(stack_processes)
while sleep 1; do
  [ "$(stack_processes)" = "$processes" ] || { say "A process has ended; see $home/logs."; stop 1; }
done
