#!/usr/bin/env bash
# usage: healthcheck.sh PATH [PORT]   Asks this container's silo; no curl in the runtime images.
exec 3<>"/dev/tcp/127.0.0.1/${2:-8080}" || exit 1
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3
read -r _ status _ <&3
[[ $status == 200 ]]
