# How a process of a stack is started and awaited; used by up.sh.

start_deadline_s=180   # Six programs start at once; beside other work that may take a while.

address() { sed -n "s/^$1=//p" "$addresses" | sed 's/\\\(.\)/\1/g'; }

# A file that holds a password: whole or not at all, and for its owner only.
write_private() { # FILE VARIABLE...
  local file=$1 name; shift
  (umask 077; for name in "$@"; do printf '%s=%q\n' "$name" "${!name}"; done >"$file.new")
  mv "$file.new" "$file"
}

# Ports are asked for (0) and remembered, so that addresses stay the same after a restart, if nobody else has taken them.
remembered() { sed -n "s/^$1=//p" "$home/ports" 2>/dev/null || true; }
remember() { # NAME PORT
  local others
  others=$(grep -v "^$1=" "$home/ports" 2>/dev/null || true)
  printf '%s\n' ${others:+"$others"} "$1=$2" >"$home/ports.new"
  mv "$home/ports.new" "$home/ports"
}
is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
wished_port() { # NAME: the remembered port if it is free, else 0
  local port
  port=$(remembered "$1")
  if [ -z "$port" ]; then echo 0
  elif is_taken "$port"; then say "Port $port ($1) is taken by another program; using a free one." >&2; echo 0
  else echo "$port"
  fi
}
port_in() { sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' <<<"$1"; }

# launch PROJECT [ARGUMENT...]: in a session of its own, so that Ctrl-C in a terminal is for the script that started it. Sets pid and log.
launch() {
  local project=$1; shift
  log=$home/logs/$project.log
  [ ! -f "$log" ] || mv "$log" "$log.previous"
  setsid dotnet "$root/artifacts/bin/$project/release/$project.dll" "--Local:Home=$home" "$@" >"$log" 2>&1 </dev/null 8>&- &
  pid=$!
}

failed() { # PROJECT WHAT
  tail -n 20 "$home/logs/$1.log" >&2
  die "$1 $2; above is the end of $home/logs/$1.log"
}

await() { # PROJECT PID CONDITION...
  local project=$1 pid=$2 deadline=$((SECONDS + start_deadline_s)); shift 2
  until "$@"; do
    [ -n "$pid" ] && [ -d "/proc/$pid" ] || failed "$project" 'stopped'
    [ "$SECONDS" -lt "$deadline" ] || failed "$project" "is not ready after $start_deadline_s s"
    sleep 0.2
  done
}

# What one process serves: the name of its address, the variable that names a running one instead, the name of its port.
servers='KAFKA_BOOTSTRAP STREAMING_KAFKA KAFKA_PORT
SCHEMA_REGISTRY_URL STREAMING_REGISTRY REGISTRY_PORT
DATABASE_URL STREAMING_DATABASE DATABASE_PORT
SEARCH_URL STREAMING_SEARCH SEARCH_PORT
RISK_CHECK_URL STREAMING_RISK_CHECK RISK_PORT
MAIL_URL STREAMING_MAIL MAIL_PORT'

# Another place than the one that a running stack has would split its data.
refuse_moving() {
  local name variable
  { [ -f "$addresses" ] && [ -n "$(stack_processes)" ]; } || return 0
  while read -r name variable _; do
    [ -z "${!variable:-}" ] || [ "$(address "$name")" = "${!variable}" ] || die "This stack runs with $name=$(address "$name"); make down first."
  done <<<"$servers
LAKE_URL STREAMING_LAKE"
}

# Those that were not named, in one process. It writes local.env when all are ready.
start_servers() {
  local name variable port
  if is_each_server_named; then
    while read -r name variable _; do declare -g "$name=${!variable}"; done <<<"$servers"
    return
  fi
  # One of an earlier version lacks servers; and hosts that outlived theirs hold on to addresses that may not come back.
  if [ -z "$(stack_processes Streaming.Local)" ] || ! grep -qs '^SEARCH_URL=' "$home/local.env"; then
    [ -z "$(stack_processes)" ] || "$root/infra/scripts/down.sh" >/dev/null
    rm -f "$home/local.env"
    Local__KafkaPort=$(wished_port KAFKA_PORT) Local__RegistryPort=$(wished_port REGISTRY_PORT) Local__DatabasePort=$(wished_port DATABASE_PORT) \
    Local__SearchPort=$(wished_port SEARCH_PORT) Local__RiskPort=$(wished_port RISK_PORT) Local__MailPort=$(wished_port MAIL_PORT) \
    Local__KafkaBootstrap=${STREAMING_KAFKA:-} Local__SchemaRegistryUrl=${STREAMING_REGISTRY:-} Local__DatabaseUrl=${STREAMING_DATABASE:-} \
    Local__SearchUrl=${STREAMING_SEARCH:-} Local__RiskCheckUrl=${STREAMING_RISK_CHECK:-} Local__MailUrl=${STREAMING_MAIL:-} \
      launch Streaming.Local
    await Streaming.Local "$pid" test -f "$home/local.env"
  fi
  . "$home/local.env"
  while read -r name variable port; do
    [ -n "${!variable:-}" ] || remember "$port" "$(port_in "${!name}")"
  done <<<"$servers"
}
is_each_server_named() {
  local variable
  while read -r _ variable _; do [ -n "${!variable:-}" ] || return 1; done <<<"$servers"
}

# start_host PROJECT PORT-NAME [ARGUMENT...]: unless it runs.
declare -A host_pids
start_host() {
  local project=$1 port=$2 pid log; shift 2
  host_pids[$project]=$(stack_processes "$project")
  [ -z "${host_pids[$project]}" ] || return 0
  Kafka__BootstrapServers=$KAFKA_BOOTSTRAP SchemaRegistry__Url=$SCHEMA_REGISTRY_URL Database__ConnectionString=$DATABASE_URL \
  Elastic__Url=$SEARCH_URL Lake__Url=$LAKE_URL RiskCheck__Url=$RISK_CHECK_URL Notifications__Url=$MAIL_URL \
    launch "$project" "--urls=http://127.0.0.1:$(wished_port "$port")" "$@"
  host_pids[$project]=$pid
}

# await_address PROJECT PORT-NAME: sets COMMANDS_URL where the port's name is COMMANDS_PORT.
await_address() {
  local url=${2%_PORT}_URL log=$home/logs/$1.log
  await "$1" "${host_pids[$1]}" grep -qs 'Now listening on: http' "$log"
  declare -g "$url=$(sed -n 's/.*Now listening on: \(http[^ ]*\).*/\1/p' "$log" | head -1)"
  remember "$2" "$(port_in "${!url}")"
}

await_healthy() { # PROJECT URL
  await "$1" "${host_pids[$1]}" answers_ok "$(port_in "$2")" /health/ready
}
answers_ok() { # PORT PATH
  local status
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
  read -r -t 5 status <&3 || true
  exec 3>&-
  [[ $status == *' 200 '* ]]
}
