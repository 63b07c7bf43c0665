#!/usr/bin/env bash
# Ours against PyTorch DDP, side by side: installs the peer and Redis (Debian, as root), builds ours, runs both alternately and writes RESULTS.md.
#   benchmarks/run.sh [--repeats 5] [--workloads mnist,mnist-mlp,mnist-cnn] [--paths inproc,shm,tcp] [--output FILE]
set -euo pipefail
root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
cd "$root"

die() { printf 'benchmarks/run.sh: %s\n' "$*" >&2; exit 1; }

install() {
  command -v apt-get >/dev/null && [[ $(id -u) == 0 ]] || die "needs $*; to install them on Debian, type: sudo apt-get install -y $*"
  echo "benchmarks/run.sh: installing $*" >&2
  apt-get update -q >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null
}

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
# Debian's Python, which is the one that Debian's torch is for.
/usr/bin/python3 -c 'import torch, numpy' 2>/dev/null || missing+=(python3-torch python3-numpy)
# The peer's fastest BLAS: it takes AVX-512 kernels that Debian's default does not have.
[[ -n $(ls /usr/lib/*/openblas-pthread/libblas.so.3 2>/dev/null) ]] || missing+=(libopenblas0-pthread)
if ((${#missing[@]})); then install "${missing[@]}"; fi

./orleanstrain version >&2
./orleanstrain silo --help >/dev/null
exec /usr/bin/python3 benchmarks/run.py "$@"
