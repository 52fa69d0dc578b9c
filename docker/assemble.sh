#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lay the server out for a fast start: the jar unpacked into plain jars, and an AOT cache trained by one real run.
# The image is built by this script, and so it can be tried without a container engine:
#   docker/assemble.sh target/iop-fhir.jar /some/empty/folder
# Needs JDK 25 as JAVA_HOME or on the PATH.
set -euo pipefail

jar=$(realpath "$1")
out=$2
here=$(dirname "$(realpath "$0")")
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

mkdir -p "$out"
"$java" -Djarmode=tools -jar "$jar" extract --destination "$out" --force >/dev/null
cp "$here/run.sh" "$out/run.sh"
chmod +x "$out/run.sh"

# Training: start upon an empty database with the stories, ask what clients ask, and stop in an orderly way.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
IOP_AOT=train SERVER_PORT=0 MANAGEMENT_SERVER_PORT=18981 IOP_SANDBOX_STORIES=true \
  IOP_DATABASE_URL="jdbc:h2:file:$scratch/training" "$out/run.sh" >"$scratch/log" 2>&1 &
server=$!
is_ready() { # in bash alone, since a build image need not have curl
  { exec 3<>/dev/tcp/127.0.0.1/18981; } 2>/dev/null || return 1
  printf 'GET /actuator/health/readiness HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
  grep -q '"UP"' <&3
}
for _ in $(seq 1 600); do
  if is_ready; then
    ready=yes
    break
  fi
  kill -0 "$server" 2>/dev/null || break
  sleep 0.5
done
if [ -z "${ready:-}" ]; then
  cat "$scratch/log" >&2
  exit 1
fi
kill -TERM "$server"
wait "$server" || true
test -s "$out/iop-fhir.aot" || { cat "$scratch/log" >&2; exit 1; }
echo "assembled $out ($(du -sh "$out/iop-fhir.aot" | cut -f1) of AOT cache)"
