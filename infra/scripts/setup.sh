#!/usr/bin/env bash
# Sees to what this clone needs from the machine: root gets it installed, anybody else the exact command.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/obtain.sh"
cd "$root"

has_sdk() { dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; }
has_postgres() {
  local folder
  for folder in ${PATH//:/ } /usr/lib/postgresql/*/bin /usr/pgsql-*/bin "$(pg_config --bindir 2>/dev/null)"; do
    if [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ]; then return 0; fi
  done
  return 1
}
has_compiler() { command -v make >/dev/null && includes stdlib.h; }
has_headers() { includes openssl/ssl.h zlib.h zstd.h; }
has_npm() { command -v npm >/dev/null; }
includes() { printf '#include <%s>\n' "$@" | gcc -E -xc - >/dev/null 2>&1; }

obtain 'The .NET SDK 10' has_sdk dotnet-sdk-10.0 dotnet-sdk-10.0 'curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0'
[ -n "${STREAMING_DATABASE:-}" ] || obtain 'PostgreSQL' has_postgres postgresql postgresql-server

# librdkafka.redist: from a NuGet source where one has it, else built here. Which of the two is remembered: .nuget/librdkafka-restores
# says the first, .nuget/packages (where the build then keeps every package, see Directory.Build.props) the second.
! ls .nuget/feed/librdkafka.redist.*.nupkg >/dev/null 2>&1 || mkdir -p .nuget/packages
if [ ! -d .nuget/packages ] && [ ! -f .nuget/librdkafka-restores ]; then
  mkdir -p .nuget
  if dotnet restore infra/librdkafka/probe.proj >.nuget/probe.log 2>&1; then
    touch .nuget/librdkafka-restores
  elif grep -q 'NU110[123]\|NU1603' .nuget/probe.log; then
    mkdir -p .nuget/packages
  else
    grep -m3 error .nuget/probe.log >&2 || tail -3 .nuget/probe.log >&2
    die 'NuGet packages cannot be restored; see above.'
  fi
fi
if [ -d .nuget/packages ] && ! ls .nuget/feed/librdkafka.redist.*.nupkg >/dev/null 2>&1; then
  # One by one: a machine's npm may come with a Node.js of its own, which the package manager's npm would contradict.
  obtain 'A C compiler (to build librdkafka)' has_compiler 'gcc libc6-dev make' 'gcc make'
  obtain 'A development package of OpenSSL, zlib or zstd (to build librdkafka)' has_headers \
    'libssl-dev zlib1g-dev libzstd-dev' 'openssl-devel zlib-devel libzstd-devel'
  obtain 'npm (to fetch the source of librdkafka)' has_npm npm npm
fi
