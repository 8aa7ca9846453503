#!/usr/bin/env bash
# Builds the hosts (build.sh hosts: what make run needs) or the whole solution with all checks (build.sh all), if anything changed;
# or the named projects without checks (build.sh PROJECT...).
. "$(dirname "$0")/lib.sh"
cd "$root"
what=${1:-all}
mkdir -p artifacts
exec 9>artifacts/.lock
flock 9   # Two stacks may be started at once.

# The stamp has the time at which the build began: what was edited meanwhile is built next time.
is_fresh() {
  [ -f "$1" ] || return 1
  local folders=(schemas producers consumers infra ./*.props ./*.sln ./*.slnf global.json nuget.config .editorconfig)
  [ "$what" = hosts ] || folders+=(tests)
  [ -z "$(find "${folders[@]}" -path infra/scripts -prune -o -newer "$1" -print -quit)" ]
}
if is_fresh artifacts/.built-all || { [ "$what" = hosts ] && is_fresh artifacts/.built-hosts; }; then exit 0; fi

# A compiler server of our own, which ends with this script: nothing is left running. It lives for a minute or two, in which profiles of its own code
# cost a third of all the processor time and come too late. Without node reuse MSBuild would use none unless it is told to.
export DOTNET_TieredPGO=0
pipe=streaming-$$
compile() { dotnet msbuild "$@" -restore -p:Configuration=Release -v:q -nologo -m -nodeReuse:false -p:UseSharedCompilation=true -p:SharedCompilationId=$pipe 9>&-; }
end_compiler() {
  grep -lzxF -e"-pipename:$pipe" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 | xargs -r kill 2>/dev/null || true
  rm -f "${TMPDIR:-/tmp}/$pipe"   # Its socket.
}
trap end_compiler EXIT

checks=()
[ "$what" = all ] || checks=(-p:RunAnalyzers=false -p:GenerateDocumentationFile=false)

if [ "$what" != all ] && [ "$what" != hosts ]; then
  for project; do compile "$project" "${checks[@]}" || die "$project could not be built."; done
  exit
fi

if [ -d .nuget/packages ] && ! ls .nuget/feed/librdkafka.redist.*.nupkg >/dev/null 2>&1; then
  say 'Building librdkafka (once), and meanwhile what does not need it'
  infra/librdkafka/build.sh 9>&- & native=$!
  compile producers/Domain "${checks[@]}" && compile infra/Broker "${checks[@]}" || { wait $native; die 'The build failed.'; }
  wait $native || die 'librdkafka could not be built; see above.'
fi

touch artifacts/.building
say "Building $([ "$what" = all ] && echo 'the solution' || echo 'the hosts')"
if [ "$what" = all ]; then compile Streaming.sln; else compile Streaming.Hosts.slnf "${checks[@]}"; fi || die 'The build failed.'
mv artifacts/.building "artifacts/.built-$what"
