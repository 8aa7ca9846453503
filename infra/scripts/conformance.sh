#!/usr/bin/env bash
# Programs of others against the embedded broker: clients and tools (tests/Broker.Conformance), then librdkafka's own tests, one process each, compared with
# docs/conformance.md. NUMBERS="0011 0012" runs these of librdkafka's tests; KAFKA_BOOTSTRAP=… runs all against that cluster instead.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/obtain.sh"
cd "$root"
infra/scripts/setup.sh
infra/scripts/clients.sh
install_if_missing g++ g++ --version
install_if_missing rapidjson-dev test -f /usr/include/rapidjson/document.h
infra/librdkafka/tests.sh      # First: the library for our own use is then taken from the same build.
infra/scripts/build.sh all
code=0
dotnet artifacts/bin/Streaming.Broker.Conformance.Tests/release/Streaming.Broker.Conformance.Tests.dll -noColor || code=1
# shellcheck disable=SC2086
infra/librdkafka/run-tests.sh ${NUMBERS:-} || code=1
exit "$code"
