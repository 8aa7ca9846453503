#!/usr/bin/env bash
# Builds librdkafka's own test programs (.nuget/librdkafka-tests/package/deps/librdkafka/tests), for run-tests.sh. Once; a minute on two cores.
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
sed -i 's/-O2/-O0/' Makefile.config   # The tests wait more than they compute, and are built in half the time.
step make-tests make -C tests -j"$jobs" build
sed -i 's/-O0/-O2/' Makefile.config
rm -f "$work"/*.tgz
touch "$work/.built-$version"
