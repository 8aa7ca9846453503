# Sourced after lib.sh: gets from the machine's package manager what is missing, as root; anybody else is told the command.

# obtain WHAT CHECK APT-PACKAGES DNF-PACKAGES [COMMAND]: the command is for machines whose package manager has none.
obtain() {
  ! "$2" || return 0
  local command='' otherwise=${5:-}
  if command -v apt-get >/dev/null; then command="apt-get install -y --no-install-recommends $3"
  elif command -v dnf >/dev/null; then command="dnf install -y $4"
  elif [ -n "$otherwise" ]; then die "$1 is missing. Run: $otherwise"
  else die "$1 is missing: install it with this machine's package manager (in Debian: $3)."
  fi
  if [ "$(id -u)" -ne 0 ]; then
    [ -z "$otherwise" ] || is_offered "$3" || die "$1 is missing. Run: $otherwise"
    die "$1 is missing. Run: sudo $command"
  fi
  say "$1 is missing; installing it ($command)"
  install_quietly "$command" || die "$1 could not be installed.${otherwise:+" Run: $otherwise"}"
  "$2" || die "$1 is still not found after: $command"
}

# For what can be done without: said, where it cannot be had.
install_if_missing() { # PACKAGE CHECK...
  local package=$1; shift
  if "$@" >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then return; fi
  say "$package is missing; installing it"
  install_quietly "apt-get install -y --no-install-recommends $package" || say "$package could not be installed; see above."
}

is_offered() { ! command -v apt-cache >/dev/null || apt-cache show "$1" >/dev/null 2>&1; }

install_quietly() {
  local log=$root/.nuget/install.log config=/etc/postgresql-common/createcluster.conf
  mkdir -p "$root/.nuget"
  {
    if command -v apt-get >/dev/null; then
      export DEBIAN_FRONTEND=noninteractive
      apt-get update
      # Debian's package makes and starts a server of its own; we only want the programs.
      case "$1" in *\ postgresql*)
        apt-get install -y --no-install-recommends postgresql-common
        cp "$config" "$config.before" && echo 'create_main_cluster = false' >>"$config" ;;
      esac
    fi
    # shellcheck disable=SC2086
    $1
  } >"$log" 2>&1 </dev/null || { tail -5 "$log" >&2; return 1; }
  [ ! -f "$config.before" ] || mv "$config.before" "$config"
}
