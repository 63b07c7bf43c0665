#!/usr/bin/env bash
# A cluster of containers, for real: builds the images with podman, starts Redis, an S3 server, tracking and two silos on a bridge network,
# trains from a client container, stops the silo that trains in the middle of a second run, and compares the weights of both.
# Needs root and podman. Without SDK_IMAGE and RUNTIME_IMAGE it makes a Debian base by debootstrap, so it needs no image registry.
# Ends in one line: N passed, N failed.
set -euo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
work=$PWD/artifacts/smoke
prefix=orleanstrain-smoke
network=$prefix
# Limits within those of a container that this may itself run in.
limits=(--ulimit nofile=10000:10000 --ulimit nproc=20000:20000)
passed=0 failed=0

say() { printf 'smoke: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
check() { # WHAT COMMAND…
  local what=$1; shift
  if "$@"; then passed=$((passed + 1)); say "ok: $what"; else failed=$((failed + 1)); say "FAILED: $what"; fi
}
# What everything after it needs.
need() {
  check "$@"
  [[ $failed == 0 ]] || { echo "$passed passed, $failed failed"; exit 1; }
}

# Polls: containers tell nobody when they are ready. $1 what, $2 seconds, then the command.
wait_for() {
  local what=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || { say "waited in vain for $what"; return 1; }
    sleep 0.5
  done
}

pod() { podman --runtime runc "$@"; }
start() { # NAME then what `podman run` takes
  local name=$1; shift
  # Where there is no systemd, podman complains that it cannot start its timers for health checks.
  pod run -d --name "$prefix-$name" --hostname "$name" --network "$network" --network-alias "$name" "${limits[@]}" "$@" >/dev/null 2>>"$work/podman.log" || die "the container $name cannot be started: see ${work#"$PWD"/}/podman.log"
}
client_as() { pod run --rm --network "$network" "${limits[@]}" --env-file "$1" "$prefix/client" "${@:2}"; }
client() { client_as "$work/cluster.env" "$@"; }
stop_container() { pod stop -t 60 "$1" >/dev/null 2>>"$work/podman.log"; }
healthy() { pod exec "$prefix-$1" bash /app/healthcheck.sh /health/ready; }

remove_all() {
  local ids
  ids=$(pod ps -aq --filter "name=^$prefix-" 2>>"$work/podman.log")
  if [[ -n $ids ]]; then pod rm -f -t 0 $ids >/dev/null 2>>"$work/podman.log"; fi
  pod network rm -f "$network" >/dev/null 2>&1 || true
}
finish() {
  local status=$?
  if [[ $status != 0 || $failed != 0 ]]; then
    mkdir -p "$work/logs"
    for name in redis s3 tracking silo-1 silo-2; do pod logs "$prefix-$name" >"$work/logs/$name.log" 2>&1 || true; done
    say "logs: ${work#"$PWD"/}/logs"
  fi
  remove_all
}

install_tools() {
  local missing=()
  command -v podman >/dev/null || missing+=(podman runc netavark aardvark-dns iptables catatonit)
  [[ -n ${SDK_IMAGE:-} ]] || command -v debootstrap >/dev/null || missing+=(debootstrap)
  [[ ${#missing[@]} == 0 ]] && return
  [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || die "needs ${missing[*]}; to install them on Debian or Ubuntu, type: sudo apt-get install -y ${missing[*]}"
  say "installing ${missing[*]}"
  # A fresh machine may be updating itself: wait for its lock.
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "${missing[@]}"; } \
    >"$work/apt.log" 2>&1 \
    || die "installing failed: see ${work#"$PWD"/}/apt.log"
}

# Debian with what .NET needs, and with the two servers.
make_base() {
  pod image exists "$prefix/base" && return
  say "making a Debian base (some minutes)"
  rm -rf "$work/rootfs"
  debootstrap --variant=minbase --include=ca-certificates,libssl3,libstdc++6,zlib1g,tzdata,redis-server,nodejs \
    bookworm "$work/rootfs" >"$work/debootstrap.log" 2>&1 || die "debootstrap failed: see ${work#"$PWD"/}/debootstrap.log"
  tar -C "$work/rootfs" -c . | pod import - "$prefix/base" >/dev/null 2>&1
  rm -rf "$work/rootfs"
}

# The base with this machine's .NET: all of it, or the runtimes alone.
make_dotnet_image() {
  local image=$1 dotnet context=$work/dotnet; shift
  pod image exists "$image" && return
  dotnet=$(dirname -- "$(readlink -f -- "$(command -v dotnet)")")
  rm -rf "$context"
  mkdir -p "$context/dotnet"
  (cd "$dotnet" && cp -r "$@" "$context/dotnet")
  printf 'FROM localhost/%s\nCOPY dotnet /usr/share/dotnet\nENV DOTNET_ROOT=/usr/share/dotnet PATH=/usr/share/dotnet:/usr/sbin:/usr/bin:/sbin:/bin\n' \
    "$prefix/base" >"$context/Dockerfile"
  pod build -q -t "$image" "$context" >/dev/null
  rm -rf "$context"
}

build_image() {
  local target=$1 cache=${NUGET_PACKAGES:-$HOME/.nuget/packages}
  mkdir -p "$cache"
  say "building the image of the $target"
  # This machine's packages and certificates: what was restored here is not asked for again.
  pod build --format docker --network host --volume "$cache:/root/.nuget/packages" --volume /etc/ssl/certs:/etc/ssl/certs:ro \
    -f compose/Dockerfile --target "$target" --build-arg SDK_IMAGE="$SDK_IMAGE" --build-arg RUNTIME_IMAGE="$RUNTIME_IMAGE" \
    -t "$prefix/$target" . >"$work/build-$target.log" 2>&1 || die "building it failed: see ${work#"$PWD"/}/build-$target.log"
}

mkdir -p "$work"
install_tools
remove_all
trap finish EXIT
./test.sh --install-only || die "the S3 test server could not be installed"

make_base
if [[ -z ${SDK_IMAGE:-} ]]; then
  SDK_IMAGE=localhost/$prefix/sdk RUNTIME_IMAGE=localhost/$prefix/runtime
  make_dotnet_image "$SDK_IMAGE" .
  make_dotnet_image "$RUNTIME_IMAGE" dotnet host shared
fi
build_image silo
build_image client

random_hex() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
redis_password=$(random_hex)
tracking_token=$(random_hex)
(umask 077 && cat >"$work/cluster.env" <<END
ORLEANSTRAIN_REDIS=redis:6379,password=$redis_password
MLFLOW_TRACKING_URI=http://tracking:5000
MLFLOW_TRACKING_TOKEN=$tracking_token
AWS_ENDPOINT_URL_S3=http://s3:4568
AWS_ACCESS_KEY_ID=S3RVER
AWS_SECRET_ACCESS_KEY=S3RVER
AWS_REGION=us-east-1
ORLEANSTRAIN_CLUSTER_SECRET=$(random_hex)
END
)

pod network create "$network" >/dev/null
start redis --env "REDIS_PASSWORD=$redis_password" "$prefix/base" \
  sh -c 'printf "requirepass %s\nbind 0.0.0.0\n" "$REDIS_PASSWORD" >/tmp/redis.conf && exec redis-server /tmp/redis.conf'
start s3 --env NODE_OPTIONS=--openssl-legacy-provider --volume "$PWD/artifacts/tools/node_modules:/s3/node_modules:ro" "$prefix/base" \
  node /s3/node_modules/s3rver/bin/s3rver.js --address 0.0.0.0 --port 4568 --directory /tmp/s3 \
  --configure-bucket datasets --configure-bucket checkpoints --configure-bucket mlflow
start tracking --env "ORLEANSTRAIN_TRACKING_TOKEN=$tracking_token" "$prefix/client" tracking --host 0.0.0.0 --port 5000 --allowed-host tracking
need "Redis answers" wait_for Redis 30 pod exec "$prefix-redis" sh -c 'REDISCLI_AUTH=$REDIS_PASSWORD redis-cli ping | grep -q PONG'
need "the S3 server answers" wait_for "the S3 server" 30 pod exec "$prefix-s3" bash -c 'exec 3<>/dev/tcp/127.0.0.1/4568'
need "tracking answers" wait_for tracking 60 pod exec "$prefix-tracking" bash /app/healthcheck.sh /health 5000

for silo in silo-1 silo-2; do
  start "$silo" --env-file "$work/cluster.env" --read-only --tmpfs /tmp --tmpfs /var/lib/orleanstrain:mode=1777 --cap-drop ALL \
    --shm-size 1g --stop-timeout 60 "$prefix/silo" --slots 2
done
for silo in silo-1 silo-2; do need "$silo is ready" wait_for "$silo" 90 healthy "$silo"; done

field() { node -e 'const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")); console.log(r[process.argv[2]])' "$1" "$2"; }
is() { [[ $(field "$1" "$2") == "$3" ]]; }

refused() {
  local said
  if said=$(client_as "$work/stranger.env" cluster 2>&1); then return 1; fi
  grep -q "it asks for a secret: set ORLEANSTRAIN_CLUSTER_SECRET" <<<"$said"
}
grep -v ORLEANSTRAIN_CLUSTER_SECRET "$work/cluster.env" >"$work/stranger.env"

client doctor >"$work/doctor.txt" 2>&1 || say "doctor found something: see ${work#"$PWD"/}/doctor.txt"
need "the data goes to the S3 server" client data put mnist s3://datasets/mnist
say "an undisturbed run"
need "it ends" client train mnist --ranks 2 --epochs 2 --json >"$work/undisturbed.json"
check "FINISHED" is "$work/undisturbed.json" status FINISHED

say "three ranks, which one silo has no slots for: gradients travel between the containers"
need "it ends" client train mnist --ranks 3 --epochs 1 --json >"$work/spread.json"
say "the same in one process"
need "it ends" pod run --rm "${limits[@]}" "$prefix/client" train mnist --ranks 3 --epochs 1 --json >"$work/alone.json"
check "with the same weights" is "$work/spread.json" weights_sha256 "$(field "$work/alone.json" weights_sha256)"
check "a client without the cluster's secret is refused" refused

say "the same run as the first, and the silo that trains is stopped in the middle"
client train mnist --ranks 2 --epochs 2 --json >"$work/disturbed.json" 2>"$work/disturbed.log" &
training=$!
check "it reaches its first epoch's end" wait_for "the first epoch" 300 grep -q "epoch 1/2" "$work/disturbed.log"
run_id=$(sed -nE 's/.*\b([0-9a-f]{32})\b.*/\1/p' "$work/disturbed.log" | head -n 1)
client cluster >"$work/cluster.txt"
busiest=$(sed -nE "s/.* (silo-[12]):11111 .*$run_id.*/\1/p" "$work/cluster.txt" | head -n 1)
[[ -n $busiest ]] || die "no silo trains run $run_id: see ${work#"$PWD"/}/cluster.txt"
say "stopping $busiest"
check "$busiest leaves by itself within 60 s" stop_container "$prefix-$busiest"
check "its exit code is 0" test "$(pod inspect -f '{{.State.ExitCode}}' "$prefix-$busiest")" = 0
check "the run ends" wait "$training"
check "FINISHED" is "$work/disturbed.json" status FINISHED
check "with the same weights" is "$work/disturbed.json" weights_sha256 "$(field "$work/undisturbed.json" weights_sha256)"

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
