#!/usr/bin/env bash
# Builds librdkafka from the source inside an npm package and packs it as librdkafka.redist into the clone's own feed.
# Only needed where no NuGet source has librdkafka.redist. Usage: infra/librdkafka/build.sh [JOBS]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
version=2.15.1
source_package=@confluentinc/kafka-javascript@1.10.1
jobs=${1:-$(nproc)}
work=$root/.nuget/librdkafka
package=$root/.nuget/feed/librdkafka.redist.$version.nupkg
[ ! -f "$package" ] || exit 0

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) rid=linux-x64 ;;
  Linux-aarch64) rid=linux-arm64 ;;
  *) echo "librdkafka $version cannot be built here for $(uname -s) $(uname -m); configure a NuGet source that has librdkafka.redist." >&2; exit 1 ;;
esac

rm -rf "$work" && mkdir -p "$work" "$root/.nuget/feed"
cd "$work"
npm pack --silent "$source_package" >/dev/null
tar -xzf ./*.tgz package/deps/librdkafka
cd package/deps/librdkafka

# Curl and SASL/Kerberos stay out, so that the library needs nothing beyond libssl, libzstd and zlib at run time.
./configure --disable-gssapi --disable-curl --disable-lz4-ext --disable-debug-symbols >"$work/configure.log" 2>&1 ||
  { tail -20 "$work/configure.log" >&2; exit 1; }
make -C src -j"$jobs" librdkafka.so.1 >"$work/make.log" 2>&1 || { tail -20 "$work/make.log" >&2; exit 1; }
for feature in WITH_SSL WITH_ZSTD WITH_ZLIB; do
  grep -q "#define $feature 1" config.h || { echo "librdkafka was built without ${feature#WITH_}; see $work/configure.log" >&2; exit 1; }
done

# The library says its own version: the one that the managed package was made for, or nothing is packed.
built=$(python3 - "$PWD/src/librdkafka.so.1" <<'PY' 2>/dev/null || strings src/librdkafka.so.1 | grep -m1 -xE "v?$version" | tr -d v
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
library.rd_kafka_version_str.restype = ctypes.c_char_p
print(library.rd_kafka_version_str().decode().lstrip("v"))
PY
)
case "$built" in
  "$version"*) ;;
  *) echo "librdkafka says version '$built', $version was wanted." >&2; exit 1 ;;
esac

layout=$work/layout
mkdir -p "$layout/runtimes/$rid/native" "$layout/_rels"
cp src/librdkafka.so.1 "$layout/runtimes/$rid/native/librdkafka.so"
strip --strip-unneeded "$layout/runtimes/$rid/native/librdkafka.so" || true
cp LICENSE "$layout/LICENSE.txt"
cat >"$layout/librdkafka.redist.nuspec" <<XML
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>librdkafka.redist</id>
    <version>$version</version>
    <authors>Confluent Inc. and contributors; built in this clone</authors>
    <description>librdkafka $version for $rid, built from source. Local to this clone.</description>
    <license type="file">LICENSE.txt</license>
  </metadata>
</package>
XML
cat >"$layout/[Content_Types].xml" <<'XML'
<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
  <Default Extension="nuspec" ContentType="application/octet" />
  <Default Extension="so" ContentType="application/octet" />
  <Default Extension="txt" ContentType="text/plain" />
</Types>
XML
cat >"$layout/_rels/.rels" <<'XML'
<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/librdkafka.redist.nuspec" Id="manifest" />
</Relationships>
XML
python3 - "$layout" "$package" <<'PY'
import os, sys, zipfile
layout, package = sys.argv[1:]
with zipfile.ZipFile(package + ".part", "w", zipfile.ZIP_DEFLATED) as archive:
    for folder, _, files in os.walk(layout):
        for name in files:
            path = os.path.join(folder, name)
            archive.write(path, os.path.relpath(path, layout))
os.replace(package + ".part", package)
PY
echo "librdkafka $version ($rid) built and packed."
