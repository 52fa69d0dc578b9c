#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measure the start: process start to the first 200 on /fhir/metadata, and to readiness, with the CPU seconds (user and
# system, all threads, so the JIT too) and the resident memory at that moment.
#
#   src/bench/startup/startup.sh LABEL FOLDER [STARTS]
#
# FOLDER is what docker/assemble.sh wrote; JAVA_HOME chooses the JVM. The first start makes the database and loads the
# stories, the later ones (STARTS - 1, default 3) find them. Prints one table row per start. Loopback only, ends what it
# started.
set -euo pipefail

label=$1
folder=$(realpath "$2")
starts=${3:-4}
port=${IOP_BENCH_PORT:-18090}
management=$((port + 1))
scratch=$(mktemp -d)
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$scratch"' EXIT
cd "$scratch"
ticks=$(getconf CLK_TCK)

status() { curl -s -o /dev/null -w '%{http_code}' --max-time 60 "http://127.0.0.1:$1" 2>/dev/null || true; }
cpu() { awk -v t="$ticks" '{ sub(/.*\) /, ""); printf "%.1f", ($12 + $13) / t }' "/proc/$server/stat"; }
rss() { awk '/VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$server/status"; }
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f", b - a }'; }

echo "| what | start | wall s to metadata | CPU s | RSS MB | wall s to ready | CPU s | RSS MB | load |"
echo "|---|---|---|---|---|---|---|---|---|"
for i in $(seq 1 "$starts"); do
  load=$(cut -d' ' -f1 /proc/loadavg)
  begin=$(now)
  SERVER_PORT=$port MANAGEMENT_SERVER_PORT=$management IOP_DATABASE_URL="jdbc:h2:file:$scratch/iop" \
    "$folder/run.sh" >"$scratch/log" 2>&1 &
  server=$!
  until [ "$(status "$port/fhir/metadata")" = 200 ]; do
    kill -0 "$server" 2>/dev/null || { cat "$scratch/log" >&2; exit 1; }
    sleep 0.05
  done
  first="$(since "$begin") | $(cpu) | $(rss)"
  until [ "$(status "$management/actuator/health/readiness")" = 200 ]; do sleep 0.05; done
  echo "| $label | $([ "$i" = 1 ] && echo first || echo later) | $first | $(since "$begin") | $(cpu) | $(rss) | $load |"
  kill -TERM "$server"
  wait "$server" 2>/dev/null || true
  server=
done
