#!/usr/bin/env bash
# make context NAME=shipping [AGGREGATE=shipment]: writes a context that builds and whose tests pass, from infra/templates/context, and wires it in.
. "$(dirname "$0")/lib.sh"
cd "$root"
template=infra/templates/context
name=${1:-} aggregate=${2:-}

# A context's name is a topic's name, a path and a namespace; so it is one word.
[[ $name =~ ^[a-z][a-z0-9]{1,30}$ ]] || die "NAME is '$name': give one word of a-z and 0-9 that starts with a letter, such as: make context NAME=shipping"
case $name in
  health | metrics | openapi | swagger | streaming | system | microsoft | confluent) die "NAME is '$name', which means something else already: give another word." ;;
esac
if [ -z "$aggregate" ]; then
  case $name in *s) aggregate=${name%s} ;; *) aggregate=$name-case ;; esac
fi
[[ $aggregate =~ ^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$ && ${#aggregate} -le 40 ]] \
  || die "AGGREGATE is '$aggregate': give words of a-z and 0-9 joined by '-', such as AGGREGATE=shipment"
[ "$aggregate" != "$name" ] || die "AGGREGATE is the context's own name: give what its members are called, such as NAME=shipping AGGREGATE=shipment"

pascal() { sed -E 's/(^|-)(.)/\U\2/g' <<<"$1"; }
Context=$(pascal "$name")
Aggregate=$(pascal "$aggregate")
lower=${Aggregate,}

for place in schemas schemas/Contracts producers producers/Domain producers/Contexts producers/CommandHost tests/Domain.Tests tests/CommandHost.Tests; do
  taken=$(find "$place" -maxdepth 1 -iname "$name" -o -maxdepth 1 -iname "$name.cs" | head -1)
  [ -z "$taken" ] || die "NAME is '$name', but there is $taken already: give another word."
done
taken=$(find schemas/Contracts producers/Domain \( -name "$Aggregate.cs" -o -name "${Aggregate}Id.cs" -o -name "${Aggregate}Command.cs" \) | head -1)
[ -z "$taken" ] || die "AGGREGATE is '$aggregate', but there is $taken already: give another word."

fill() {
  sed -e "s/__Context__/$Context/g; s/__context__/$name/g; s/__Aggregate__/$Aggregate/g; s/__aggregate__/$lower/g; s/__kebab__/$aggregate/g" \
    -e "s/__words__/${aggregate//-/ }/g"
}

# edit FILE PATTERN REPLACEMENT: the pattern must be there, else the file has taken another form than this script knows.
edit() {
  grep -qE -e "$2" "$1" || die "$1 has no line like /$2/ any more: wire the context in by hand, and correct infra/scripts/context.sh."
  sed -i -E "0,/$2/s//$3/" "$1"
}
# The file's using lines, with one more, in order.
using() {
  local last
  sed -i "0,/^using /s//using $2;\nusing /" "$1"
  last=$(grep -n '^using ' "$1" | tail -1 | cut -d: -f1)
  { head -n "$last" "$1" | LC_ALL=C sort; tail -n +$((last + 1)) "$1"; } >"$1.new" && mv "$1.new" "$1"
}

write_template "$template"

edit schemas/Contracts/Streaming.Contracts.csproj '(<AvroSchema Include="[^"]*);\.\.\/commands' '\1;..\/'"$name"'\/**\/*.avsc;..\/commands'
edit schemas/Contracts/Topics/TopicCatalogue.cs '^(    public static IReadOnlyList<ContextTopics> All )' "    public static ContextTopics $Context { get; } = Of(\"$name\");\n\n\1"
# The new line belongs to those before it, without a blank line between.
sed -i -z "s/\n\n\(    public static ContextTopics $Context \)/\n\1/" schemas/Contracts/Topics/TopicCatalogue.cs
edit schemas/Contracts/Topics/TopicCatalogue.cs '(ContextTopics> All \{ get; \} = \[[^]]*)\]' "\1, $Context]"
edit producers/Contexts/ContextCatalogue.cs '^(    \];)' "        ${Context}Context.Definition,\n\1"
using producers/Contexts/ContextCatalogue.cs "Streaming.Contexts.$Context"
host=producers/CommandHost/CommandHosting.cs
last=$(grep -n '^        \.AddCommandContext(' "$host" | tail -1 | cut -d: -f1)
[ -n "$last" ] || die "$host registers no context any more: wire the context in by hand, and correct infra/scripts/context.sh."
sed -i -E "${last}s/;?\$/\n        .AddCommandContext(${Context}Api.Definition)&/" "$host"
using "$host" "Streaming.CommandHost.$Context"

cat <<END
Wired into:
  schemas/Contracts/Streaming.Contracts.csproj      its schemas are compiled
  schemas/Contracts/Topics/TopicCatalogue.cs        its topics: $name.commands, .results, .events, .snapshots, .erasures
  producers/Contexts/ContextCatalogue.cs            tools know it
  producers/CommandHost/CommandHosting.cs           hosts decide it and serve POST /$name/{id}/open, /count and /close
Next:
  1. Make it yours: the records in schemas/$name, then the compiler shows what follows (producers/Domain/$Context, its tests in
     tests/Domain.Tests/$Context and, over HTTP, tests/CommandHost.Tests/$Context).
     docs/publishing-events.md says what good events are.
  2. infra/scripts/schemas.sh publish, before anybody writes to it: from then on a schema never changes (docs/evolving-records.md).
  3. make test
END
