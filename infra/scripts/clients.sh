#!/usr/bin/env bash
# The clients of others that tests/Broker.Conformance runs. Root gets from Debian's packages and from npm what is missing here; what
# stays missing is left out by the tests, which say so.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/obtain.sh"

install_if_missing kcat kcat -V
install_if_missing python3-kafka /usr/bin/python3 -c 'import kafka.admin'
install_if_missing python3-confluent-kafka /usr/bin/python3 -c 'import confluent_kafka.admin'

cd "$root/tests/Broker.Conformance/OtherClients"
if command -v npm >/dev/null && ! node -e "require('kafkajs')" 2>/dev/null; then
  say 'Fetching kafkajs'
  npm install --no-audit --no-fund --loglevel=error >/dev/null || say 'kafkajs could not be fetched.'
fi
