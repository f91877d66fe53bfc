#!/usr/bin/env bash
# All tests: the whole suite on SQLite, then what touches the database, the engine and the faults
# again on a real PostgreSQL and a real Redis, which are started here and stopped at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON="$PWD/.venv/bin/python"
source tests/servers.sh
unset VARSITY_TEST_DATABASE_URL VARSITY_TEST_REDIS_URL PYTHONDONTWRITEBYTECODE

# Some tests wait for processes: half as many again as there are cores keep these busy.
TESTERS=$(n=$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 2) && echo $((n + n / 2)))

say() { printf -- '-- %s\n' "$*"; }

install_servers() {
  local missing=()
  ls -d /usr/lib/postgresql/*/bin > /dev/null 2>&1 || command -v initdb > /dev/null || missing+=(postgresql)
  command -v redis-server > /dev/null || missing+=(redis-server)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    say "installing ${missing[*]}"
    apt-get -qq update < /dev/null
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" \
      < /dev/null > /dev/null
  else
    echo "The tests on real servers need ${missing[*]}. Run: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
}

# One round of tests; its last line (the totals) is kept for the end.
round() {
  local name=$1 log status=0
  shift
  log=$(mktemp)
  say "$name"
  "$PYTHON" -m pytest -n "$TESTERS" --dist worksteal -q "$@" 2>&1 | tee "$log" || status=$?
  TOTALS+=("$name: $(grep -aE '(passed|failed|error)' "$log" | tail -n 1)")
  rm -f "$log"
  [ "$status" = 0 ] || FAILED=1
}

TOTALS=()
FAILED=0
STARTED=$SECONDS
"$PYTHON" tests/prepare.py
install_servers
trap stop_servers EXIT
start_servers

DATABASE_URL=$VARSITY_TEST_DATABASE_URL REDIS_URL=$VARSITY_TEST_REDIS_URL
unset VARSITY_TEST_DATABASE_URL VARSITY_TEST_REDIS_URL
round "everything, on SQLite with the embedded engine" tests scorers

export VARSITY_TEST_DATABASE_URL=$DATABASE_URL VARSITY_TEST_REDIS_URL=$REDIS_URL
# Only what has to do with either: rules, forms and texts are the same on every database.
round "database, engine and faults again, on PostgreSQL and Redis" -m "database or servers" \
  tests/faults tests/accounts tests/administration tests/archives tests/audit tests/boards tests/certificates \
  tests/challenges tests/classes tests/comparisons tests/controls tests/corrections \
  tests/deployments tests/discussions tests/drafts tests/evaluations \
  tests/integrity tests/kits tests/mergers tests/notifications tests/organise tests/policies \
  tests/portability tests/preflight tests/profiles tests/receipts tests/reports \
  tests/security/test_query_plans.py tests/shared tests/standings tests/submissions tests/teams \
  tests/trials tests/universities tests/winners tests/test_chores.py tests/test_postgres.py \
  tests/test_worker.py tests/test_worker_ladder.py

say "all tests in $((SECONDS - STARTED)) s"
for total in "${TOTALS[@]}"; do say "$total"; done
exit "$FAILED"
