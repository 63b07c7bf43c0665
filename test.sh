#!/usr/bin/env bash
# Every test. Installs what is missing of what they need: Redis (Debian and Ubuntu, as root) and an S3 server (from npm, into artifacts/).
# Arguments go to each test run, e.g.: ./test.sh --filter FullyQualifiedName~Exchange; --install-only stops before the build.
# Ends in the names of the tests that failed, and one line: N passed, N failed[, N skipped].
set -uo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

die() { printf 'test.sh: %s\n' "$*" >&2; exit 1; }

# Runs a command of the set-up; shows what it printed only if it fails.
quietly() {
  local what=$1 output; shift
  echo "test.sh: $what" >&2
  output=$("$@" 2>&1 </dev/null) || die "$what failed: $output"
}

apt_install() {
  command -v apt-get >/dev/null && [[ $(id -u) == 0 ]] || die "needs $1; to install it on Debian or Ubuntu, type: sudo apt-get install -y $1"
  # A fresh machine may be updating itself: wait for its lock.
  quietly "installing $1" env DEBIAN_FRONTEND=noninteractive bash -c \
    "apt-get update -q && apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends $1"
}

install_s3_server() {
  local tools=artifacts/tools
  cmp -s tests/tools/package-lock.json "$tools/package-lock.json" && [[ -d $tools/node_modules/s3rver ]] && return
  mkdir -p "$tools"
  cp tests/tools/package.json "$tools/"
  cp tests/tools/package-lock.json "$tools/package-lock.json"
  quietly "installing s3rver into $tools" npm ci --prefix "$tools" --no-audit --no-fund --ignore-scripts
}

[[ -n $(dotnet --version 2>/dev/null) ]] || die "needs the .NET 10 SDK; to install it for yourself, type:" \
  "curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0"
command -v redis-server >/dev/null || apt_install redis-server
command -v node >/dev/null && command -v npm >/dev/null || apt_install "nodejs npm"
install_s3_server
# What the tests start: see tests/README.md.
export ORLEANSTRAIN_TEST_S3RVER=$PWD/artifacts/tools/node_modules/s3rver/bin/s3rver.js

if [[ ${1:-} == --install-only ]]; then exit 0; fi

echo "test.sh: building" >&2
dotnet build OrleansTrain.sln -c Release -v quiet -nologo </dev/null || die "the build failed: see above."

results=artifacts/test-results
rm -rf "$results"
passed=0 failed=0 skipped=0
failures=()
# Name and first line of the message of each test of a TRX file that failed.
failed_tests() {
  awk '/<UnitTestResult .*outcome="Failed"/ { name = $0; sub(/.*testName="/, "", name); sub(/".*/, "", name) }
    /<Message>/ && name != "" { text = $0; sub(/.*<Message>/, "", text); sub(/<\/Message>.*/, "", text); print name ": " text; name = "" }' "$1"
}
count() { grep -o "<Counters [^>]*" "$1" | grep -o " $2=\"[0-9]*" | grep -o '[0-9]*$'; }
run() {
  local name=$1 assembly; shift
  assembly=$(ls artifacts/bin/"$name"/release*/OrleansTrain."$name".dll)
  dotnet test "$assembly" --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
    --blame-hang-timeout 5m --blame-hang-dump-type none "$@" </dev/null
}
# The longest, and for the most part it waits for processes to start, to die and to be missed: it runs beside the others.
beside=Cluster.Tests
mkdir -p "$results"
run "$beside" "$@" >"$results/$beside.log" 2>&1 &
beside_pid=$!
for name in $(basename -s .csproj -a tests/*/*.csproj | grep -vx "$beside") "$beside"; do
  echo "== $name"
  if [[ $name == "$beside" ]]; then
    wait "$beside_pid"
    exit_code=$?
    cat "$results/$beside.log"
  else
    run "$name" "$@"
    exit_code=$?
  fi
  trx=$results/$name.trx
  if [[ ! -f $trx ]]; then
    echo "$name: ended without a result (exit code $exit_code)"
    failed=$((failed + 1))
    failures+=("$name: ended without a result (exit code $exit_code)")
    continue
  fi
  bad=$(($(count "$trx" failed) + $(count "$trx" error) + $(count "$trx" timeout) + $(count "$trx" aborted)))
  # A crash of the test process leaves its running test uncounted.
  if [[ $exit_code != 0 && $bad == 0 ]]; then bad=1; fi
  while IFS= read -r test; do failures+=("$test"); done < <(failed_tests "$trx")
  passed=$((passed + $(count "$trx" passed)))
  failed=$((failed + bad))
  skipped=$((skipped + $(count "$trx" total) - $(count "$trx" executed)))
done

for failure in ${failures[@]+"${failures[@]}"}; do echo "failed: $failure"; done
line="$passed passed, $failed failed"
if [[ $skipped != 0 ]]; then line+=", $skipped skipped"; fi
echo "$line"
[[ $failed == 0 && $passed != 0 ]]
