# A private PostgreSQL cluster and a private Redis for the tests, on free ports of this machine.
# Sourced by all.sh: start_servers, stop_servers. Nothing outside the folder it makes is touched.

free_port() {
  "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# PostgreSQL refuses to be run by root: as root, its commands are run as the packages' own user.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

postgres_bin() {
  local newest
  newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  if [ -z "$newest" ] && command -v initdb > /dev/null; then newest=$(dirname "$(command -v initdb)"); fi
  [ -n "$newest" ] || { echo "PostgreSQL is missing: apt-get install postgresql" >&2; return 1; }
  echo "$newest"
}

start_postgres() {
  local port
  POSTGRES_BIN=$(postgres_bin)
  port=$(free_port)
  mkdir "$SERVERS/postgres"
  if [ "$(id -u)" = 0 ]; then chown postgres "$SERVERS/postgres"; fi
  as_postgres "$POSTGRES_BIN/initdb" -D "$SERVERS/postgres/data" -U varsity -A trust -E UTF8 \
    --locale=C.UTF-8 --no-sync > "$SERVERS/initdb.log" || { cat "$SERVERS/initdb.log" >&2; return 1; }
  as_postgres "$POSTGRES_BIN/pg_ctl" -D "$SERVERS/postgres/data" -w -t 60 \
    -l "$SERVERS/postgres/server.log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300 -c fsync=off" \
    start > /dev/null || { cat "$SERVERS/postgres/server.log" >&2; return 1; }
  export VARSITY_TEST_DATABASE_URL="postgresql+psycopg://varsity@127.0.0.1:$port/postgres"
}

start_redis() {
  local port
  command -v redis-server > /dev/null || { echo "Redis is missing: apt-get install redis-server" >&2; return 1; }
  port=$(free_port)
  mkdir "$SERVERS/redis"
  redis-server --port "$port" --bind 127.0.0.1 --dir "$SERVERS/redis" --save "" --appendonly no \
    > "$SERVERS/redis/server.log" 2>&1 &
  REDIS_PID=$!
  for _ in $(seq 100); do
    if redis-cli -p "$port" ping > /dev/null 2>&1; then
      export VARSITY_TEST_REDIS_URL="redis://127.0.0.1:$port/0"
      return 0
    fi
    sleep 0.1
  done
  cat "$SERVERS/redis/server.log" >&2
  return 1
}

start_servers() {
  SERVERS=$(mktemp -d "${TMPDIR:-/tmp}/varsity-servers.XXXXXX")
  chmod 755 "$SERVERS"
  start_postgres
  start_redis
}

stop_servers() {
  if [ -n "${POSTGRES_BIN:-}" ] && [ -d "${SERVERS:-}/postgres/data" ]; then
    as_postgres "$POSTGRES_BIN/pg_ctl" -D "$SERVERS/postgres/data" -m immediate -w stop > /dev/null 2>&1 || true
  fi
  if [ -n "${REDIS_PID:-}" ]; then kill "$REDIS_PID" 2> /dev/null || true; fi
  if [ -n "${SERVERS:-}" ]; then rm -rf "$SERVERS"; fi
}
