#!/usr/bin/env bash
# Stops a stack, hosts first, and makes sure that nothing of it is left, whatever was killed before.
. "$(dirname "$0")/lib.sh"

signal() { xargs -r kill "-$1" 2>/dev/null || true; }
hosts() { stack_processes | grep -vxF "$(stack_processes Streaming.Local)" || true; }

was_running=$(stack_processes; postgres_process)
hosts | signal TERM
await_end 20 hosts || { hosts | signal KILL; say 'A host did not stop within 20 s and was killed.'; }
stack_processes | signal TERM
await_end 30 stack_processes || { stack_processes | signal KILL; say 'The embedded servers did not stop within 30 s and were killed.'; }

# It stops with its parent; if both the parent and the guard were killed, it is still there.
await_end 2 postgres_process || { postgres_process | signal INT; await_end 20 postgres_process || postgres_process | signal QUIT; }
await_end 10 stack_processes && await_end 10 postgres_process || die "Still running: $(stack_processes) $(postgres_process)"

rm -f "$addresses" "$home/local.env"
if [ -n "$was_running" ]; then say 'Stopped.'; else say 'Nothing was running.'; fi
