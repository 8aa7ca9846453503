#!/usr/bin/env bash
# make consumer NAME=order-status: writes a consumer of one's own, from infra/templates/consumer: a host that keeps a table in PostgreSQL, with its test.
. "$(dirname "$0")/lib.sh"
cd "$root"
template=infra/templates/consumer
name=${1:-}

# The name is its group's, its dead letters' and its schema's; in code it is a namespace.
[[ $name =~ ^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$ && ${#name} -le 40 ]] \
  || die "NAME is '$name': give words of a-z and 0-9 joined by '-', such as: make consumer NAME=order-status"
Name=$(sed -E 's/(^|-)(.)/\U\2/g' <<<"$name")
for place in consumers schemas producers; do
  taken=$(find "$place" -maxdepth 1 -iname "$Name" | head -1)
  [ -z "$taken" ] || die "NAME is '$name', but there is $taken already: give another one."
done
case $Name in
  Sinks* | Streaming | System | Microsoft | Contracts | Commands | Broker | Registry | Search | Local | Cli | Fixtures) die "NAME is '$name', which means something else already: give another one." ;;
esac

fill() { sed -e "s/__Name__/$Name/g; s/__name__/$name/g"; }

write_template "$template"
dotnet sln Streaming.sln add --solution-folder consumers "consumers/$Name/Streaming.$Name.csproj" >/dev/null
dotnet sln Streaming.sln add --solution-folder tests "tests/$Name.Tests/Streaming.$Name.Tests.csproj" >/dev/null

cat <<END
Added to Streaming.sln. Next:
  1. Its own code is consumers/$Name/OrderTable.cs: a row, its columns, a projection. Make it yours, and its test with it.
  2. dotnet build consumers/$Name -c Release, and with the addresses of a running stack (set -a; . .streaming/addresses.env):
     Kafka__BootstrapServers=\$KAFKA_BOOTSTRAP SchemaRegistry__Url=\$SCHEMA_REGISTRY_URL Database__ConnectionString=\$DATABASE_URL \\
       dotnet artifacts/bin/Streaming.$Name/release/Streaming.$Name.dll --dry-run
     That tries all history and leaves no trace. Without --dry-run, and with --urls http://127.0.0.1:0, it runs.
  3. streamctl status shows it. Its table is $(tr - _ <<<"$name").orders.
  docs/adding-a-consumer.md goes through it step by step.
END
