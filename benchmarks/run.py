"""Runs OrleansTrain and PyTorch DDP alternately on the same workloads and writes the medians as a table.

Both report samples/s over the training steps alone, without start-up. One round runs the peer and every path of ours once for each
workload; rounds repeat, so that what else the machine does hits all of them. Start it with run.sh.
"""
import argparse
import contextlib
import dataclasses
import datetime
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Of one run: 13 s or more. A shorter one is measured for the most part while code is still being compiled, and a host changes its speed within seconds.
EPOCHS = {"mnist": 1, "mnist-mlp": 40, "mnist-cnn": 1}
TARGETS = {
    "inproc": {"mnist": 2.1, "mnist-mlp": 3.5, "mnist-cnn": 1.0},
    "tcp": {"mnist": 1.15, "mnist-mlp": 1.8, "mnist-cnn": 1.0},
    "shm": {"mnist": 1.9, "mnist-mlp": 3.0, "mnist-cnn": 1.0},
}
NAMES = {
    "peer": "PyTorch DDP, gloo, two processes",
    "inproc": "one silo, two ranks",
    "inproc-none": "the same, no exchange",
    "inproc-1": "one silo, one rank",
    "shm": "two silos, shared memory",
    "tcp": "two silos, TCP",
    "two-none": "two silos, no exchange",
}
# The peer at its best: one thread a rank, OpenBLAS choosing its kernels, large blocks kept by malloc.
PEER = {
    "OMP_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": "2000000000",
    "MALLOC_TOP_PAD_": str(256 << 20),
}


def environment(**changes):
    result = {name: value for name, value in os.environ.items()
              if name not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MLFLOW_TRACKING_URI", "AWS_ENDPOINT_URL_S3")
              and not name.startswith(("MALLOC_", "ORLEANSTRAIN_"))}
    result.update(changes)
    return result


def run(command, env):
    done = subprocess.run(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)


def peer(workload):
    return run(["/usr/bin/python3", os.path.join(ROOT, "benchmarks/peer/ddp.py"), workload, "--epochs", str(EPOCHS[workload])],
               environment(**PEER))


def ours(workload, env, ranks=2, exchange="auto"):
    result = run(["./orleanstrain", "train", workload, "--ranks", str(ranks), "--epochs", str(EPOCHS[workload]),
                  "--exchange", exchange, "--json", "--quiet"], env)
    result["metrics_of_last_epoch"] = run(["./orleanstrain", "show", result["run_id"], "--json"], env)["metrics"]
    return result


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(url, process):
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{url} does not answer")
        time.sleep(0.2)


@dataclasses.dataclass
class Cluster:
    """What clients need, and each silo's process with the address of its HTTP side."""
    environment: dict
    silos: list


@contextlib.contextmanager
def cluster(folder, silos, slots):
    """Redis, a tracking server and silos, all of them processes of this machine."""
    redis, tracking = free_port(), free_port()
    env = environment(ORLEANSTRAIN_REDIS=f"localhost:{redis}", MLFLOW_TRACKING_URI=f"http://127.0.0.1:{tracking}",
                      ORLEANSTRAIN_HOME=folder)
    processes = []

    def start(*command):
        log = open(os.path.join(folder, f"{len(processes)}.log"), "w")
        processes.append(subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True))
        return processes[-1]

    try:
        start("redis-server", "--port", str(redis), "--save", "", "--appendonly", "no", "--dir", folder)
        server = start("./orleanstrain", "tracking", "--port", str(tracking))
        wait_for(f"http://127.0.0.1:{tracking}/health", server)
        started = []
        for _ in range(silos):
            http = f"http://127.0.0.1:{free_port()}"
            silo = start("./orleanstrain", "silo", "--slots", str(slots), "--silo-port", str(free_port()),
                         "--gateway-port", str(free_port()), "--http-port", http.rsplit(":", 1)[1])
            wait_for(f"{http}/health/ready", silo)
            started.append((silo, http))
        yield Cluster(env, started)
    finally:
        for process in reversed(processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def one_round(arguments, number, record):
    """
    All paths of a workload within minutes, the peer first: what is compared meets the machine in the same mood. Silos get faster from run to run, and
    hosts change while they run, so the paths come in one order in a round and in the other in the next.
    """
    turn = (lambda paths: paths) if number % 2 == 0 else (lambda paths: paths[::-1])
    # Shared memory next to the bound it is held against: a host changes its speed within a minute.
    two = [path for path in ("tcp", "shm") if path in arguments.paths]
    for workload in arguments.workloads:
        record(workload, "peer", peer(workload))
        if "inproc" in arguments.paths:
            with tempfile.TemporaryDirectory() as folder:
                env = environment(ORLEANSTRAIN_HOME=folder)
                for path in turn(["inproc", "inproc-none"]):
                    record(workload, path, ours(workload, env, exchange="none" if path == "inproc-none" else "auto"))
                record(workload, "inproc-1", ours(workload, env, ranks=1))
        if two:
            with tempfile.TemporaryDirectory() as folder, cluster(folder, silos=2, slots=1) as two_silos:
                env = two_silos.environment
                # Silos go on from run to run: the first one after their start would be compared with others that find them warm.
                ours(workload, env)
                for path in turn([*two, "two-none"]):
                    record(workload, path, ours(workload, env, exchange="none" if path == "two-none" else path))


def processor():
    with open("/proc/cpuinfo") as file:
        lines = dict(line.split(":", 1) for line in file if ":" in line)
    fields = {name.strip(): value.strip() for name, value in lines.items()}
    return f"{fields.get('model name', platform.machine())} (family {fields.get('cpu family', '?')}, model {fields.get('model', '?')})"


def report(arguments, results, rounds):
    def median(workload, path):
        values = [result["samples_per_second"] for result in results[workload].get(path, [])]
        return statistics.median(values) if values else None

    def ratio(workload, path, base):
        """Of two runs of one round, minutes apart; the median over the rounds. A host that is slower for some rounds slows both."""
        pairs = zip(results[workload].get(path, []), results[workload].get(base, []))
        ratios = [a["samples_per_second"] / b["samples_per_second"] for a, b in pairs]
        return statistics.median(ratios) if ratios else None

    def cell(value, form):
        return "" if value is None else format(value, form)

    lines = [
        "# OrleansTrain against PyTorch DDP", "",
        f"Written by `benchmarks/run.sh` on {datetime.date.today()}: medians of {rounds} alternating runs, samples/s over two ranks. "
        "A ratio is the median of those within the rounds.", "",
        f"- {processor()}, {os.cpu_count()} cores, Linux {platform.release()}; a virtual machine that may share its host",
        f"- peer: torch {next(iter(results.values()))['peer'][0]['torch']}, gloo, two processes, one thread each, OpenBLAS, malloc thresholds raised; data decoded beforehand",
        "- ours: TorchSharp on libtorch's own MKL; data from the object store's blocks, tracking and checkpoints on",
        f"- epochs of one run: {', '.join(f'{name} {EPOCHS[name]}' for name in arguments.workloads)}; the clock of both sides leaves start-up out",
        "- two silos are processes that have made one such run before; one silo starts with each run, as the peer does; paths come in alternating order", "",
        "| workload | path | samples/s | min - max | ratio to the peer | wanted | of no exchange | data wait | accuracy |", "|---|---|---|---|---|---|---|---|---|",
    ]
    for workload in arguments.workloads:
        for path, name in NAMES.items():
            runs = results[workload].get(path)
            if not runs:
                continue
            value = median(workload, path)
            bound = ratio(workload, path, {"inproc": "inproc-none", "shm": "two-none", "tcp": "two-none"}.get(path, ""))
            rates = [result["samples_per_second"] for result in runs]
            waits = [result["metrics_of_last_epoch"] for result in runs if "metrics_of_last_epoch" in result]
            wait = statistics.median(m["data_wait_seconds"] / m["epoch_seconds"] for m in waits) if waits else None
            wanted = TARGETS.get(path, {}).get(workload)
            accuracy = runs[0].get("test_accuracy")
            lines.append(
                f"| {workload} | {name} | {value:,.0f} | {min(rates):,.0f} - {max(rates):,.0f} | {ratio(workload, path, 'peer'):.2f} | {cell(wanted, '.2f')} "
                f"| {cell(bound, '.2f')} | {cell(wait, '.1%')} | {cell(None if 'none' in path else accuracy, '.4f')} |")
        if scaling := ratio(workload, "inproc", "inproc-1"):
            lines.append(f"| {workload} | two ranks / one rank | {scaling:.2f} | | | {1.6 if workload == 'mnist' else ''} | | | |")
    lines += ["", "`weights_sha256` of each workload: " + "; ".join(
        f"{workload} {len(hashes)} distinct over {sum(len(results[workload].get(path, [])) for path in ('inproc', 'shm', 'tcp'))} runs on all paths"
        for workload in arguments.workloads
        for hashes in [{r["weights_sha256"] for path in ("inproc", "shm", "tcp") for r in results[workload].get(path, [])}]) + "."]
    lines += ["", "A run without exchange updates each rank's slice of the parameters with its own gradient alone: what computing costs; its model is useless.", ""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--workloads", type=lambda text: text.split(","), default=list(EPOCHS))
    parser.add_argument("--paths", type=lambda text: text.split(","), default=["inproc", "shm", "tcp"])
    parser.add_argument("--output", default=os.path.join(ROOT, "benchmarks/RESULTS.md"))
    arguments = parser.parse_args()
    unknown = set(arguments.workloads) - set(EPOCHS) | set(arguments.paths) - set(TARGETS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    results = {workload: {} for workload in arguments.workloads}

    def record(workload, path, result):
        results[workload].setdefault(path, []).append(result)
        print(f"{workload:10} {NAMES[path]:34} {result['samples_per_second']:12,.0f} samples/s", file=sys.stderr, flush=True)

    for number in range(arguments.repeats):
        print(f"round {number + 1} of {arguments.repeats}", file=sys.stderr, flush=True)
        one_round(arguments, number, record)
        # After each round: whoever breaks off, or whose machine does, keeps what was measured.
        text = report(arguments, results, number + 1)
        with open(arguments.output, "w") as file:
            file.write(text)
    print(text)


if __name__ == "__main__":
    main()
