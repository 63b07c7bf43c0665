"""Measures what must not grow: exchange time against bytes and ranks, bytes through each silo, memory and garbage over epochs, the start.

Ours alone, no peer; what is compared is measured in the same minute. Start it with scale.sh.
"""
import argparse
import datetime
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import run as bench

EXCHANGE = os.path.join(bench.ROOT, "artifacts/bin/ExchangeBench/release_linux-x64/OrleansTrain.ExchangeBench")


def exchange(model, mode, silos, ranks, steps, repeats):
    """Median milliseconds of a step without computing, and the MB that the busiest silo sent in it."""
    done = subprocess.run([EXCHANGE, "--model", model, "--mode", mode, "--silos", str(silos), "--ranks", str(ranks), "--steps", str(steps),
                           "--repeat", str(repeats)], env=bench.environment(), stdout=subprocess.PIPE, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    result = statistics.median(float(row[4]) for row in rows), float(rows[0][7])
    print(f"{model:10} {mode:13} {silos} silos x {ranks:2} ranks {result[0]:10.3f} ms", file=sys.stderr, flush=True)
    return result


def bytes_table(arguments):
    models = [("mnist-mlp", 0.44, 400), ("mnist-cnn", 4.8, 100), ("mnist", 15.9, 60), ("500mb", 500.2, 4)]
    lines = ["## A step of the exchange against the size of the model", "",
             "Two ranks that only exchange (`ExchangeBench`), SGD with momentum; ms a step, and ns for each byte of the model.", "",
             "| model | MB | one silo | two silos, shared memory | two silos, TCP |", "|---|---|---|---|---|"]
    for name, megabytes, steps in models:
        cells = []
        for mode, silos, ranks in (("InProcess", 1, 2), ("SharedMemory", 2, 1), ("Tcp", 2, 1)):
            milliseconds, _ = exchange(name, mode, silos, ranks, steps, arguments.repeats)
            cells.append(f"{milliseconds:.2f} ({milliseconds / megabytes:.2f} ns/B)")
        lines.append(f"| {name} | {megabytes} | {' | '.join(cells)} |")
    return lines


def ranks_table(arguments):
    lines = ["", "## A step against the number of ranks", "", f"A model of 42 parameters, all ranks in one process on {os.cpu_count()} cores: what ranks cost besides their work.", "",
             "| ranks | µs a step | µs a rank |", "|---|---|---|"]
    for ranks in (1, 2, 4, 8, 16, 32, 64):
        milliseconds, _ = exchange("tiny", "InProcess", 1, ranks, 500, arguments.repeats)
        lines.append(f"| {ranks} | {1000 * milliseconds:.0f} | {1000 * milliseconds / ranks:.1f} |")
    return lines


def traffic_table():
    lines = ["", "## Bytes through each silo", "", "`mnist` (15.85 MB), over TCP, one and two ranks a silo: MB that the busiest silo sends in a step, both ways of a ring all-reduce included.", "",
             "| silos | ranks a silo | MB sent | 2(S-1)/S of the model | |", "|---|---|---|---|---|"]
    for silos, ranks in ((2, 1), (2, 2), (4, 1), (4, 2)):
        _, sent = exchange("mnist", "Tcp", silos, ranks, 5, 1)
        bound = 2 * (silos - 1) / silos * 15.85
        lines.append(f"| {silos} | {ranks} | {sent:.2f} | {bound:.2f} | {sent / bound - 1:+.1%} |")
    return lines


def resident(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024


def processor_seconds(pid):
    """Of a silo's rank threads, and of all its threads."""
    def seconds(path):
        with open(path) as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    ranks = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/comm") as file:
                if re.match(r"rank \d+$", file.read().strip()):
                    ranks += seconds(f"/proc/{pid}/task/{thread}/stat")
        except FileNotFoundError:
            pass  # A pool thread that has just ended; the total has its time.
    return ranks, seconds(f"/proc/{pid}/stat")


def counters(url):
    """Garbage collections of generation 2 and allocated bytes of a silo, from its Prometheus endpoint."""
    with urllib.request.urlopen(url) as answer:
        text = answer.read().decode()
    def total(name, label=""):
        return sum(float(line.rsplit(" ", 2)[-2] if re.search(r" \d{13}$", line) else line.rsplit(" ", 1)[-1])
                   for line in text.splitlines() if line.startswith(name) and label in line)
    return total("dotnet_gc_collections_total", "gen2"), total("dotnet_gc_heap_total_allocated_bytes")


def epochs_table(arguments):
    """One silo with two slots; a client elsewhere watches. One epoch more than is read: at the end of the last one the test may have begun."""
    lines = ["", "## Memory, garbage and tracking over epochs", "", "`mnist` with two ranks on one silo process, a point of each metric every 100 steps: read when the client sees an epoch's end.", "",
             "| epoch | resident MB | KB allocated a step | generation 2 collections so far |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder, bench.cluster(folder, silos=1, slots=2) as cluster:
        client = subprocess.Popen(["./orleanstrain", "train", "mnist", "--epochs", str(arguments.epochs + 1), "--set", "log_every_steps=100"], env=cluster.environment, cwd=bench.ROOT,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        silo, url = cluster.silos[0]
        before = None
        sizes = []
        for line in client.stderr:
            match = re.match(r"epoch (\d+)/\d+ done", line)
            if match is None or int(match.group(1)) > arguments.epochs:
                continue
            collections, allocated = counters(url + "/metrics")
            sizes.append(resident(silo.pid))
            steps = 938
            each = "" if before is None else f"{(allocated - before) / steps / 1024:.1f}"
            before = allocated
            lines.append(f"| {match.group(1)} | {sizes[-1]:.0f} | {each} | {collections:.0f} |")
            if len(sizes) == 1:
                first = processor_seconds(silo.pid)
            elif len(sizes) == arguments.epochs:
                last = processor_seconds(silo.pid)
        if client.wait() != 0:
            sys.exit("the run failed")
        end = resident(silo.pid)
    ranks, total = (now - before for now, before in zip(last, first))
    lines += ["", f"Resident memory after the first epoch: {min(sizes[1:]):.0f} to {max(sizes[1:]):.0f} MB, {max(sizes[1:]) / sizes[0] - 1:+.1%} of the first; when the run has been tested and has ended {end:.0f} MB.", "",
              f"Of the silo's {total:.0f} s of processor time between the first and the last of these lines, its ranks' threads had all but {1 - ranks / total:.1%}: tracking, "
              "watching the ranks, checkpoints, Orleans and the garbage collector together. Ranks wait for none of them."]
    return lines


def start_table(arguments):
    """From the start of the process to the first step, as the client reports it, and the whole of a short run."""
    waits = []
    with tempfile.TemporaryDirectory() as folder:
        env = bench.environment(ORLEANSTRAIN_HOME=folder)
        bench.run(["./orleanstrain", "train", "mnist", "--epochs", "1", "--json", "--quiet"], env)
        for _ in range(arguments.repeats):
            started = time.time()
            client = subprocess.Popen(["./orleanstrain", "train", "mnist", "--epochs", "1"], env=env, cwd=bench.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for line in client.stderr:
                if line.startswith("training"):
                    waits.append(time.time() - started)
            client.wait()
            print(f"start to training {waits[-1]:.2f} s", file=sys.stderr, flush=True)
    return ["", "## The start", "", f"From typing `./orleanstrain train mnist` to its line `training`, built and with its data in the store: median {statistics.median(waits):.2f} s "
            f"({min(waits):.2f} to {max(waits):.2f}), everything embedded."]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--output", default=os.path.join(bench.ROOT, "benchmarks/SCALING.md"))
    arguments = parser.parse_args()
    lines = ["# What must not grow", "",
             f"Written by `benchmarks/scale.sh` on {datetime.date.today()}: medians of {arguments.repeats}.", "",
             f"- {bench.processor()}, {os.cpu_count()} cores, a virtual machine that may share its host", ""]
    lines += start_table(arguments)
    lines += epochs_table(arguments)
    lines += [""] + bytes_table(arguments) + ranks_table(arguments) + traffic_table()
    text = "\n".join(lines) + "\n"
    with open(arguments.output, "w") as file:
        file.write(text)
    print(text)


if __name__ == "__main__":
    main()
