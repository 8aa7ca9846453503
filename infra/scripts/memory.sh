#!/usr/bin/env bash
# What a running stack takes: PSS (shared pages counted once, split between those who share them) of each process, and the sum.
. "$(dirname "$0")/lib.sh"

pss_kb() { awk '/^Pss:/ { print $2 }' "/proc/$1/smaps_rollup"; }
name() { tr '\0' ' ' <"/proc/$1/cmdline" | grep -o 'Streaming\.[A-Za-z]*\.dll' || echo postgres; }
children() { local child; for child in $(cat /proc/"$1"/task/*/children); do echo "$child"; children "$child"; done; }

postgres=$(postgres_process)
all=$(stack_processes; [ -z "$postgres" ] || { echo "$postgres"; children "$postgres"; })
[ -n "$all" ] || die 'Nothing is running: make up.'
for pid in $all; do echo "$(name "$pid") $(pss_kb "$pid")"; done |
  awk '{ sum[$1] += $2; all += $2 } END { for (name in sum) printf "%-28s %5.0f MB\n", name, sum[name] / 1024; printf "%-28s %5.0f MB\n", "all", all / 1024 }'
