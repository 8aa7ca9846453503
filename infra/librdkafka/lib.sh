# Shared by the scripts beside it: where the source of librdkafka comes from, and how a step says that it failed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
version=$(sed -n 's/.*"librdkafka\.redist" Version="\([^"]*\)".*/\1/p' "$root/Directory.Packages.props")
source_package=@confluentinc/kafka-javascript@1.10.1   # carries the source of librdkafka 2.15.1
unset MAKEFLAGS MFLAGS MAKELEVEL   # An outer make's options are not for librdkafka's.

die() { echo "librdkafka $version could not be built: $1" >&2; exit 1; }
step() { # step NAME COMMAND...: quiet, and the end of its output when it fails
  local log=$work/$1.log; shift
  "$@" >"$log" 2>&1 || { tail -15 "$log" >&2; die "'$*' failed (all of it: $log)"; }
}

fetch_source() { # into $work, which is emptied; ends in its folder, configured
  rm -rf "$work" && mkdir -p "$work"
  cd "$work"
  step download npm pack "$source_package"
  tar -xzf ./*.tgz package/deps/librdkafka
  cd package/deps/librdkafka

  # Curl and SASL/Kerberos stay out, so that the library needs nothing beyond libssl, libzstd and zlib at run time.
  step configure ./configure --disable-gssapi --disable-curl --disable-lz4-ext --disable-debug-symbols
  for feature in WITH_SSL WITH_ZSTD WITH_ZLIB; do
    grep -q "#define $feature 1" config.h || die "its configure left out ${feature#WITH_} (see $work/configure.log); are the headers installed? (make setup)"
  done
}
