#!/usr/bin/env bash
# The clients of others that tests/Broker.Conformance runs, and what their tests are built with. Root gets from Debian's packages and from npm what is missing here; what
# stays missing is left out by the tests, which say so.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/obtain.sh"

install_if_missing() { # PACKAGE CHECK...
  local package=$1; shift
  if "$@" >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then return; fi
  say "$package is missing; installing it"
  install_quietly "apt-get install -y --no-install-recommends $package" || say "$package could not be installed; see above."
}

install_if_missing kcat kcat -V
install_if_missing python3-kafka /usr/bin/python3 -c 'import kafka.admin'
install_if_missing python3-confluent-kafka /usr/bin/python3 -c 'import confluent_kafka.admin'
install_if_missing g++ g++ --version
install_if_missing rapidjson-dev test -f /usr/include/rapidjson/document.h

cd "$root/tests/Broker.Conformance/OtherClients"
if command -v npm >/dev/null && ! node -e "require('kafkajs')" 2>/dev/null; then
  say 'Fetching kafkajs'
  npm install --no-audit --no-fund --loglevel=error >/dev/null || say 'kafkajs could not be fetched.'
fi
