#!/usr/bin/env bash
# Runs trainings on a cluster of real processes while silos, servers and connections fail by a seeded schedule (docs/chaos.md), and compares
# each with an undisturbed one. chaos/run.sh [N] [--seed S]: N schedules (20) of the seeds S (1), S+1 …
set -uo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
./test.sh --install-only || exit 1
if ! log=$(dotnet build chaos/Schedules -c Release -v quiet -nologo </dev/null 2>&1); then
  echo "$log" >&2
  exit 1
fi
exec dotnet "$(echo artifacts/bin/Schedules/release*/OrleansTrain.Schedules.dll)" "$@"
