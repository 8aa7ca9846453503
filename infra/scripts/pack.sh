#!/usr/bin/env bash
# make pack [VERSION=1.2.3]: what a consumer in a repository of its own needs, as NuGet packages in artifacts/packages.
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
version=${1:-}
for project in schemas/Avro schemas/Contracts schemas/Serdes schemas/Hosting consumers/Sinks consumers/Sinks.Sql; do
  dotnet pack "$project" -c Release -o artifacts/packages ${version:+"-p:Version=$version"} -v:q -nologo -m:1 -nodeReuse:false -p:UseSharedCompilation=false -p:RunAnalyzers=false
done
ls artifacts/packages/*"${version:-}".nupkg
