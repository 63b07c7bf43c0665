#!/usr/bin/env bash
# Installs what tests start besides .NET into artifacts/tools: an S3 server (s3rver, needs Node.js). Quick when nothing has changed.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
tools=$root/artifacts/tools

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "test-tools: Node.js and npm are needed for the S3 tests: apt-get install nodejs npm" >&2
    exit 1
fi

mkdir -p "$tools"
if ! cmp -s "$root/build/tools/package-lock.json" "$tools/.installed"; then
    cp "$root/build/tools/package.json" "$root/build/tools/package-lock.json" "$tools/"
    npm ci --prefix "$tools" --no-audit --no-fund --loglevel=error >&2
    cp "$root/build/tools/package-lock.json" "$tools/.installed"
fi
