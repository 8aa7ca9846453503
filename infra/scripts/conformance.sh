#!/usr/bin/env bash
# Programs of others against the embedded broker: clients and tools (tests/Broker.Conformance), then librdkafka's own tests, one process each, compared with
# docs/conformance.md. NUMBERS="0011 0012" runs these of librdkafka's tests; KAFKA_BOOTSTRAP=… runs all against that cluster instead.
. "$(dirname "$0")/lib.sh"
cd "$root"
infra/scripts/setup.sh
infra/scripts/clients.sh
infra/scripts/build.sh all
infra/librdkafka/tests.sh
code=0
dotnet artifacts/bin/Streaming.Broker.Conformance.Tests/release/Streaming.Broker.Conformance.Tests.dll -noColor || code=1
# shellcheck disable=SC2086
infra/librdkafka/run-tests.sh ${NUMBERS:-} || code=1
exit "$code"
