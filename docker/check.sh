#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Check what the image does, without a container engine: assemble as the Dockerfile does, then start from the assembled
# folder with nothing but a data folder to write to, and use the server. Needs JDK 25 as JAVA_HOME or on the PATH.
#   docker/check.sh target/iop-fhir.jar
set -euo pipefail

jar=$1
here=$(dirname "$(realpath "$0")")
scratch=$(mktemp -d)
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT

"$here/assemble.sh" "$jar" "$scratch/app"
chmod -R a-w "$scratch/app"
mkdir "$scratch/data"
cd "$scratch/data"

# AOTMode=on: a cache that does not fit the jars or the JVM stops the start instead of being passed over.
JAVA_OPTS=-XX:AOTMode=on SERVER_PORT=18990 MANAGEMENT_SERVER_PORT=18991 IOP_SANDBOX_STORIES=false \
  "$scratch/app/run.sh" >"$scratch/log" 2>&1 &
server=$!

get() { # get PORT PATH [TOKEN]: the answer, by bash alone
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n%s\r\n' "$2" "${3:+Authorization: Bearer $3$'\r\n'}" >&3
  cat <&3
}
token() { # token CLIENT SECRET: an access token of the sandbox
  local form='grant_type=client_credentials&scope=system/*.rs'
  exec 3<>/dev/tcp/127.0.0.1/18990 || return 1
  printf 'POST /auth/token HTTP/1.0\r\nHost: localhost\r\nAuthorization: Basic %s\r\n' "$(printf '%s' "$1:$2" | base64 -w 0)" >&3
  printf 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s' "${#form}" "$form" >&3
  sed -n 's/.*"access_token":"\([^"]*\).*/\1/p' <&3
}
for _ in $(seq 1 300); do
  if get 18991 /actuator/health/readiness 2>/dev/null | grep -q '"UP"'; then
    ready=yes
    break
  fi
  kill -0 "$server" 2>/dev/null || break
  sleep 0.5
done
[ -n "${ready:-}" ] || { cat "$scratch/log" >&2; exit 1; }
get 18990 /fhir/metadata | grep -q '"resourceType":"CapabilityStatement"'
get 18990 /fhir/Patient | grep -q '^HTTP/1.[01] 401'
secret=$(sed -n '/"sandbox-ehr"/,/}/s/.*"secret" *: *"\(.*\)".*/\1/p' "$scratch/data/data/sandbox-credentials.json")
get 18990 /fhir/Patient "$(token sandbox-ehr "$secret")" | grep -q '"type":"searchset"'
kill -TERM "$server"
wait "$server" || [ $? = 143 ]
server=
[ -s "$scratch/data/data/iop-fhir.mv.db" ]
echo "the assembled server starts with its AOT cache, answers and stops"
