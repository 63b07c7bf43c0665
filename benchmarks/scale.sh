#!/usr/bin/env bash
# What must not grow with the model, the ranks or the epochs: measures it and writes SCALING.md. Needs Redis (run.sh says how to get it).
#   benchmarks/scale.sh [--repeats 5] [--epochs 10] [--output FILE]
set -euo pipefail
root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
cd "$root"
command -v redis-server >/dev/null || { echo "benchmarks/scale.sh: needs redis-server; to install it on Debian, type: sudo apt-get install -y redis-server" >&2; exit 1; }
./orleanstrain version >&2
./orleanstrain silo --help >/dev/null
dotnet build benchmarks/ExchangeBench -c Release -v quiet -nologo >&2
exec /usr/bin/env python3 benchmarks/scale.py "$@"
