#!/usr/bin/env bash
# Runs librdkafka's own test programs, one process a test, against the embedded broker, or against the cluster that KAFKA_BOOTSTRAP names. Prints what became of
# each, and fails when one that docs/conformance.md lists as passed did not pass, also not when tried again. Usage: infra/librdkafka/run-tests.sh [NUMBER...]
# TEST_CONSUMER_GROUP_PROTOCOL=consumer has the tests use the new consumer groups; those that are about the classic ones skip themselves then.
. "$(dirname "$0")/../scripts/lib.sh"
page=$root/docs/conformance.md
programs=$root/.nuget/librdkafka-tests/package/deps/librdkafka/tests
tools=$root/../shared/servers/kafka   # Apache Kafka with its tools, where there is one
[ -x "$programs/test-runner" ] || die "The test programs are not built: run infra/librdkafka/tests.sh."
cd "$programs"
work=$(mktemp -d)
brokers=()
finish() {
  trap - EXIT INT TERM
  [ "${#brokers[@]}" -eq 0 ] || { kill "${brokers[@]}"; wait "${brokers[@]}"; } 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

start_broker() { # NAME OPTION...: its address into $work/NAME.address
  local name=$1 i; shift
  touch "$work/$name.log"
  dotnet "$root/artifacts/bin/Streaming.Cli/release/streamctl.dll" broker --data "$work/$name" --listen 127.0.0.1:0 --any-replication-factor --set num.partitions=4 "$@" \
    >"$work/$name.log" 2>&1 &
  brokers+=($!)
  for ((i = 0; i < 600; i++)); do
    sed -n 's/^Broker ready at //p' "$work/$name.log" >"$work/$name.address"
    if [ -s "$work/$name.address" ]; then return; fi
    sleep 0.1
  done
  die "The broker did not start: $(cat "$work/$name.log")"
}

configure() { # SCENARIO ADDRESS [PROPERTY...]: the time limits of the tests are for an idle machine, which this one need not be
  printf '%s\n' "metadata.broker.list=$2" test.topic.random=true test.timeout.multiplier=3 "${@:3}" >"$work/$1.conf"
  echo "${2%%,*}" >"$work/$1.address"
}

# Some tests call Kafka's own tools, by the names they have in its distribution.
offer_tools() {
  local tool
  [ -d "$tools/lib" ] || return 0
  mkdir -p "$work/kafka/bin"
  ln -s "$(cd "$tools" && pwd)/lib" "$work/kafka/libs"
  for tool in topics configs; do
    printf '#!/bin/sh\nexec "%s/kafka" %s "$@"\n' "$(cd "$tools" && pwd)" "$tool" >"$work/kafka/bin/kafka-$tool.sh"
  done
  printf '#!/bin/sh\nexec java -cp "$CLASSPATH:%s/libs/*" "$@"\n' "$work/kafka" >"$work/kafka/bin/kafka-run-class.sh"
  chmod +x "$work/kafka/bin"/*
  export KAFKA_PATH=$work/kafka
}

# The page's rows: "name | expected", the name as "test", "test · subtest", or "test (scenario)".
rows() {
  local column=3
  [ -z "${KAFKA_BOOTSTRAP:-}" ] || column=4
  awk -F' *[|] *' -v column="$column" '/^[|] [0-9][0-9][0-9][0-9]_/ { print $2 "|" $column }' "$page"
}

run_of() { # ROW: its process, as "number scenario subtest"
  local scenario=default subtest=-
  [[ $1 != *'('* ]] || { scenario=${1#*\(}; scenario=${scenario%)}; }
  [[ $1 != *' · '* ]] || subtest=${1#* · }
  echo "${1:0:4} $scenario $subtest"
}

run() { # NUMBER SCENARIO SUBTEST: its summary into $work/ran/, "test state" a line
  local number=$1 scenario=$2 subtest=$3 cluster kafka=4.2.0 options=(-p1 -Q -E -L) to=$work/ran/$1-$2-$3
  cluster=$scenario
  [ "$scenario" != sasl ] || scenario=default   # To the tests it is none.
  case $number-$scenario in
    0109-*) kafka=2.0.0 ;;                                 # Newer ones also deny topics to somebody: there are no ACLs.
    0082-* | 0045-noautocreate) options=(-p1 -E -L) ;;     # All of it is too slow for quick mode.
  esac
  [ "$subtest" = - ] && subtest=''
  # In braces, so that the shell does not say how the program ended.
  {
    BROKERS=$(cat "$work/$cluster.address") TESTS=$number SUBTESTS=$subtest TEST_KAFKA_VERSION=$kafka TEST_SCENARIO=$scenario \
      RDKAFKA_TEST_CONF=$work/$cluster.conf LD_LIBRARY_PATH=../src:../src-cpp \
      timeout -k 5 400 ./test-runner "${options[@]}" >"$to.log" 2>&1 </dev/null
  } 2>/dev/null || true
  sed -n 's/\x1b\[[0-9;]*m//g; s/^| *\([0-9]\{4\}_[^ ]*\) *| *\([A-Z]*\) *| *[0-9.]*s *|\(.*RapidJSON.*\)\{0,1\}.*/\1 \2 \3/p' "$to.log" >"$to"
}

state_of() { # ROW
  local process state
  process=$(run_of "$1")
  if [ -z "${KAFKA_PATH:-}" ] && grep -q 'KAFKA_PATH.*must be set' "$work/ran/${process// /-}.log"; then echo 'absent (Kafka tools)'; return; fi
  state=$(awk -v name="${1%% *}" '$1 == name { print ($3 ? "absent (RapidJSON)" : tolower($2)) }' "$work/ran/${process// /-}")
  echo "${state:-failed}"
}

if [ -n "${KAFKA_BOOTSTRAP:-}" ]; then
  configure default "$KAFKA_BOOTSTRAP"
else
  start_broker default --set auto.create.topics.enable=true
  start_broker noautocreate
  echo tester:secret >"$work/users"
  start_broker sasl --users "$work/users"
  for scenario in default noautocreate; do configure "$scenario" "$(cat "$work/$scenario.address")"; done
  configure sasl "$(cat "$work/sasl.address")" security.protocol=SASL_PLAINTEXT sasl.mechanism=SCRAM-SHA-256 sasl.username=tester sasl.password=secret
fi
offer_tools
mkdir -p "$work/ran"
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true

wanted=()
while IFS='|' read -r row expected; do
  [ "$expected" = passed ] || continue
  read -r _ scenario _ <<<"$(run_of "$row")"
  [ -f "$work/$scenario.conf" ] || continue   # A cluster that is given has one configuration.
  # These expect that every rebalance takes all partitions away first. The new groups do not, and they fail on Apache Kafka as well.
  [ "${TEST_CONSUMER_GROUP_PROTOCOL:-classic}-$scenario" != consumer-noautocreate ] || continue
  [ $# -eq 0 ] || [[ " $* " == *" ${row:0:4} "* ]] || continue
  wanted+=("$row")
done < <(rows)
[ "${#wanted[@]}" -gt 0 ] || die "$page expects none of these to pass."

export -f run
export work
for row in "${wanted[@]}"; do run_of "$row"; done | sort -u | xargs -P "${LANES:-2}" -L 1 bash -c 'run "$@"' run

passed=0 failed=0 absent=0 skipped=0
for row in "${wanted[@]}"; do
  state=$(state_of "$row") again=''
  [ "$state" != skipped ] || [ "${TEST_CONSUMER_GROUP_PROTOCOL:-classic}" = consumer ] || state=failed
  if [ "$state" = failed ]; then
    # shellcheck disable=SC2046
    run $(run_of "$row")
    state=$(state_of "$row") again=' (the second time)'
  fi
  case $state in
    passed) passed=$((passed + 1)) ;;
    skipped) skipped=$((skipped + 1)) ;;
    absent*) absent=$((absent + 1)) again='' ;;
    *) failed=$((failed + 1)); log=$(run_of "$row"); tail -25 "$work/ran/${log// /-}.log"; again=', though docs/conformance.md says passed' ;;
  esac
  printf '%-64s %s%s\n' "$row" "$state" "$again"
done
[ "$skipped" -eq 0 ] || say "$skipped of librdkafka's tests are about classic groups, and skipped themselves."
[ "$absent" -eq 0 ] || say "absent: $absent of librdkafka's tests lack something here."
say "librdkafka's tests: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
