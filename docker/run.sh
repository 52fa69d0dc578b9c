#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Start the server from its assembled folder; further arguments are Spring properties (--server.port=9000).
set -euo pipefail
home=$(dirname "$(realpath "$0")")
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
cache=$home/iop-fhir.aot

flags=(-XX:+UseSerialGC -Xms64m -Xmx"${IOP_HEAP:-512m}" -XX:+ExitOnOutOfMemoryError -Djava.security.egd=file:/dev/urandom)
if [ "${IOP_AOT:-use}" = train ]; then
  flags+=(-XX:AOTCacheOutput="$cache")
elif [ -f "$cache" ]; then
  flags+=(-XX:AOTCache="$cache")
fi
exec "$java" "${flags[@]}" ${JAVA_OPTS:-} -jar "$home/iop-fhir.jar" "$@"
