# Shared by the scripts beside it: where things are, how they speak, which processes belong to a stack.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
home=$(realpath -m -- "${STREAMING_HOME:-$root/.streaming}")
addresses=$home/addresses.env
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
command -v dotnet >/dev/null || PATH=$PATH:${DOTNET_ROOT:-${HOME:-}/.dotnet}   # where a person without root installs it

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# write_template FOLDER: writes its files into the tree, names and contents through fill, which the caller defines.
write_template() {
  local file to
  say 'Written:'
  while IFS= read -r file; do
    to=$(fill <<<"${file#"$1"/}")
    mkdir -p "$(dirname "$to")"
    fill <"$file" >"$to"
    say "  $to"
  done < <(find "$1" -type f | LC_ALL=C sort)
}

# Each process of a stack has --Local:Home=… among its arguments: that finds it even when nobody kept its number.
# The pattern is glued to -e, so that grep does not find itself.
stack_processes() { # [PROJECT]
  local pid
  for pid in $(grep -lzxF -e"--Local:Home=$home" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3); do
    if [ $# -eq 0 ] || grep -qzF -e "/$1.dll" "/proc/$pid/cmdline" 2>/dev/null; then echo "$pid"; fi
  done
}

# PostgreSQL has its data folder among its arguments.
postgres_process() {
  local place
  place=$(readlink -f "$home/postgres/server") || return 0
  grep -lzxF -e"$place/cluster/data" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 || true
}

await_end() { # SECONDS COMMAND...: true once the command prints nothing
  local deadline=$((SECONDS + $1)); shift
  while [ -n "$("$@")" ]; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}
