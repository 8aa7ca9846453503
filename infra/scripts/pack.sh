#!/usr/bin/env bash
# make pack [VERSION=1.2.3]: what a consumer in a repository of its own needs, as NuGet packages in artifacts/packages.
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
infra/scripts/build.sh hosts   # Also builds librdkafka where it cannot be restored.
version=${1:-}
mkdir -p artifacts/packages
exec 9>artifacts/.lock
flock 9
began=$(mktemp -p artifacts)
trap 'rm -f "$began"' EXIT
for project in schemas/Avro schemas/Contracts schemas/Serdes schemas/Hosting consumers/Sinks consumers/Sinks.Sql infra/Broker infra/Registry; do
  dotnet pack "$project" -c Release -o artifacts/packages ${version:+"-p:Version=$version"} -v:q -nologo -m:1 -nodeReuse:false -p:UseSharedCompilation=false -p:RunAnalyzers=false 9>&-
done
# Where no registry has it, a repository of its own needs ours.
cp .nuget/feed/librdkafka.redist.*.nupkg artifacts/packages/ 2>/dev/null || true
find artifacts/packages -name '*.nupkg' -newer "$began" | sort
