"""The peer: PyTorch DistributedDataParallel on gloo, one process a rank, as Ray Train runs it.

    python3 ddp.py WORKLOAD [--ranks 2] [--epochs 1] [--data FOLDER]

WORKLOAD is mnist, mnist-mlp or mnist-cnn: the same data, batch, network and optimizer as our task of that name
(Tasks/), read from the same IDX files. The images are decoded and normalised once, before the clock starts: the peer's
data path costs nothing here. One JSON object on standard output: samples_per_second over all ranks and all epochs
(the clock starts after the warm-up steps, at a barrier, and stops at a barrier), the loss by epoch, test_accuracy.
"""
import argparse
import gzip
import json
import os
import socket
import sys
import tempfile
import time

import numpy
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

WARM_UP_STEPS = 20


class Mlp(nn.Module):
    def __init__(self, *widths):
        super().__init__()
        layers = []
        for i in range(len(widths) - 1):
            layers.append(nn.Linear(widths[i], widths[i + 1]))
            if i < len(widths) - 2:
                layers.append(nn.ReLU())
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return F.log_softmax(self.layers(x.flatten(1)), dim=1)


class ConvNet(nn.Module):
    """https://github.com/pytorch/examples/blob/main/mnist/main.py"""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, 1)
        self.conv2 = nn.Conv2d(32, 64, 3, 1)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(9216, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = self.dropout1(F.max_pool2d(x, 2))
        x = F.relu(self.fc1(torch.flatten(x, 1)))
        return F.log_softmax(self.fc2(self.dropout2(x)), dim=1)


WORKLOADS = {
    "mnist": dict(model=lambda: Mlp(784, 1024, 1024, 1024, 1024, 10), batch=32, mean=0.5, deviation=0.5,
                  optimizer=lambda p: torch.optim.SGD(p, lr=0.025, momentum=0.5), gamma=1.0),
    "mnist-mlp": dict(model=lambda: Mlp(784, 128, 64, 10), batch=64, mean=0.5, deviation=0.5,
                      optimizer=lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9), gamma=1.0),
    "mnist-cnn": dict(model=ConvNet, batch=64, mean=0.1307, deviation=0.3081,
                      optimizer=lambda p: torch.optim.Adadelta(p, lr=1.0), gamma=0.7),
}


def read_idx(folder, name):
    path = os.path.join(folder, name)
    opener = open
    if not os.path.exists(path):
        path, opener = path + ".gz", gzip.open
    with opener(path, "rb") as file:
        data = file.read()
    dims = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(data[3])]
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * len(dims)).reshape(dims)


def load(folder, part, mean, deviation):
    images = torch.from_numpy(read_idx(folder, f"{part}-images-idx3-ubyte").copy()).unsqueeze(1).float()
    labels = torch.from_numpy(read_idx(folder, f"{part}-labels-idx1-ubyte").astype(numpy.int64))
    return (images / 255 - mean) / deviation, labels


def run(rank, arguments, port, report):
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    workload = WORKLOADS[arguments.workload]
    if arguments.ranks > 1:
        dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=arguments.ranks)
    images, labels = load(arguments.data, "train", workload["mean"], workload["deviation"])
    network = workload["model"]()
    model = DistributedDataParallel(network) if arguments.ranks > 1 else network
    optimizer = workload["optimizer"](network.parameters())
    batch = workload["batch"]
    per_rank = len(images) // arguments.ranks

    def order(epoch):
        # DistributedSampler's (with its default seed, 0), and ours: both sides take the same samples in the same step.
        generator = torch.Generator().manual_seed(arguments.data_seed + epoch)
        return torch.randperm(len(images), generator=generator)[rank::arguments.ranks][:per_rank]

    def step(indices):
        optimizer.zero_grad(set_to_none=True)
        loss = F.nll_loss(model(images[indices]), labels[indices])
        loss.backward()
        optimizer.step()
        return loss

    def barrier():
        if arguments.ranks > 1:
            dist.barrier()

    # Copies, so that warming up changes neither the weights nor the optimizer.
    state = {name: value.clone() for name, value in network.state_dict().items()}
    for indices in list(order(0).split(batch))[:WARM_UP_STEPS]:
        step(indices)
    network.load_state_dict(state)
    optimizer = workload["optimizer"](network.parameters())

    barrier()
    started = time.perf_counter()
    losses = torch.zeros(arguments.epochs)
    for epoch in range(arguments.epochs):
        for indices in order(epoch).split(batch):
            losses[epoch] += step(indices).detach() * len(indices)
        for group in optimizer.param_groups:
            group["lr"] *= workload["gamma"]
    barrier()
    seconds = time.perf_counter() - started
    if arguments.ranks > 1:
        dist.all_reduce(losses)

    if rank == 0:
        network.eval()
        test_images, test_labels = load(arguments.data, "t10k", workload["mean"], workload["deviation"])
        with torch.no_grad():
            correct = sum(int((network(x).argmax(1) == y).sum())
                          for x, y in zip(test_images.split(1000), test_labels.split(1000)))
        with open(report, "w") as file:
            json.dump(dict(workload=arguments.workload, ranks=arguments.ranks, epochs=arguments.epochs, seconds=seconds,
                           samples_per_second=per_rank * arguments.ranks * arguments.epochs / seconds,
                           training_loss_by_epoch=(losses / (per_rank * arguments.ranks)).tolist(),
                           test_accuracy=correct / len(test_images), torch=torch.__version__), file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=sorted(WORKLOADS))
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data-seed", type=int, default=0)
    parser.add_argument("--data", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../data/mnist"))
    arguments = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        multiprocessing.spawn(run, (arguments, port, report), nprocs=arguments.ranks)
        with open(report) as file:
            sys.stdout.write(file.read() + "\n")


if __name__ == "__main__":
    main()
