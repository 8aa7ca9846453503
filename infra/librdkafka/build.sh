#!/usr/bin/env bash
# Builds librdkafka from the source inside an npm package and packs it as librdkafka.redist into the clone's own feed.
# Only needed where no NuGet source has librdkafka.redist. Usage: infra/librdkafka/build.sh [JOBS]
. "$(dirname "$0")/lib.sh"
jobs=${1:-$(nproc)}
work=$root/.nuget/librdkafka
tested=$root/.nuget/librdkafka-tests   # Where tests.sh has built the same source, with its tests.
feed=$root/.nuget/feed
[ ! -f "$feed/librdkafka.redist.$version.nupkg" ] || exit 0

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) rid=linux-x64 ;;
  Linux-aarch64) rid=linux-arm64 ;;
  *) die "not for $(uname -s) $(uname -m); configure a NuGet source that has librdkafka.redist." ;;
esac

mkdir -p "$feed"
if [ -f "$tested/.built-$version" ]; then
  mkdir -p "$work"
  cd "$tested/package/deps/librdkafka"
else
  fetch_source
fi
step make make -C src -j"$jobs" librdkafka.so.1

# The library says its own version: the one that the managed package was made for, or nothing is packed.
echo 'const char *rd_kafka_version_str(void); int puts(const char *); int main(void) { return puts(rd_kafka_version_str()) < 0; }' >version.c
step link gcc version.c -o version src/librdkafka.so.1
built=$(LD_LIBRARY_PATH=src ./version)
[ "${built#v}" = "$version" ] || die "the library says it is $built."

cp src/librdkafka.so.1 "$work/librdkafka.so"
cp LICENSE "$work/LICENSE.txt"
strip --strip-unneeded "$work/librdkafka.so" || true   # Only its size depends on it.
step pack dotnet msbuild "$root/infra/librdkafka/pack.proj" -restore -t:Pack -nologo -nodeReuse:false -p:NoBuild=true -p:PackageOutputPath="$work/out" \
  -p:Version="$version" -p:Rid="$rid" -p:Library="$work/librdkafka.so" -p:License="$work/LICENSE.txt"
# Moved at the end, so that the feed never has half a package.
mv "$work/out/librdkafka.redist.$version.nupkg" "$feed/"
rm -rf "$work/package" "$work"/*.tgz
