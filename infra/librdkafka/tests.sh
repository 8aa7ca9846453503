#!/usr/bin/env bash
# Builds librdkafka's own test programs (.nuget/librdkafka-tests/package/deps/librdkafka/tests), for run-tests.sh. Once; a minute and a half on two cores.
# Usage: infra/librdkafka/tests.sh [JOBS]
. "$(dirname "$0")/lib.sh"
jobs=${1:-$(nproc)}
work=$root/.nuget/librdkafka-tests
[ ! -f "$work/.built-$version" ] || exit 0
command -v g++ >/dev/null || die 'its tests need a C++ compiler (in Debian: g++).'

echo "Building librdkafka's test programs (once)"
fetch_source
grep -q '#define WITH_RAPIDJSON 1' config.h || echo 'Without RapidJSON (in Debian: rapidjson-dev) the tests that read statistics are left out.'
step make make -j"$jobs" libs
step make-tests make -C tests -j"$jobs" build
rm -f "$work"/*.tgz
touch "$work/.built-$version"
