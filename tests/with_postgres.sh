#!/usr/bin/env bash
# Runs a command beside a PostgreSQL 15 of its own, which is gone afterwards.
# usage: tests/with_postgres.sh COMMAND [ARGUMENT...]     MUSTER_TEST_PG is its address for the command.
# $MUSTER_PG_DURABLE: it syncs what it commits.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-pg-XXXXXX")
server=

# PostgreSQL refuses to run as root. setpriv becomes the program, so that $! is the server itself.
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
	chown postgres "$dir"
	as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups)
fi

stop() {
	if [ -n "$server" ]; then
		kill -INT "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

cd "$dir"
"${as_owner[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 || {
	cat "$dir/initdb.log" >&2
	exit 1
}
# Nothing here has to survive a crash, unless it is measured what that costs.
lasting=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
[ -z "${MUSTER_PG_DURABLE:-}" ] || lasting=()
# A socket in the folder and no port.
"${as_owner[@]}" "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= "${lasting[@]}" -c shared_buffers=64MB -c max_connections=300 -c max_parallel_workers_per_gather=0 >"$dir/server.log" 2>&1 &
server=$!
cd "$OLDPWD"

for ((tries = 0; ; tries++)); do
	"$bin/pg_isready" -q -h "$dir" && break
	if [ "$tries" -ge 300 ] || ! kill -0 "$server" 2>/dev/null; then
		cat "$dir/server.log" >&2
		exit 1
	fi
	sleep 0.1
done

status=0
MUSTER_TEST_PG="postgres:///postgres?host=$dir&user=postgres" "$@" || status=$?
exit "$status"
