"""Measures milliseconds per training step of the paper's MNIST model in plain PyTorch, for `npm run bench -- train`.

Prints one JSON line per run: {"threads": ..., "optimizer": ..., "ms": [one per round]}.
"""

import argparse
import json
import time

import torch
from torch import nn
from torch.nn import functional as F


class Vae(nn.Module):
    def __init__(self, data_size=784, hidden=500, latent=20):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(data_size, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.Tanh(), nn.Linear(hidden, data_size))

    def loss(self, x):
        mean, log_variance = self.encoder(x).chunk(2, dim=1)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        log_likelihood = -F.binary_cross_entropy_with_logits(self.decoder(z), x, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_variance - mean.square() - log_variance.exp())
        return (kl - log_likelihood) / len(x)


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.001),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.02),
    "adam": lambda p: torch.optim.Adam(p, lr=0.001),
}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--threads", type=int, required=True)
    options.add_argument("--optimizer", choices=OPTIMIZERS, required=True)
    options.add_argument("--steps", type=int, default=100)
    options.add_argument("--rounds", type=int, default=8)
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    data = torch.randint(0, 256, (10_000, 784), dtype=torch.uint8)
    model = Vae()
    optimizer = OPTIMIZERS[options.optimizer](model.parameters())
    times = []
    for _ in range(options.rounds + 1):
        start = time.perf_counter()
        for _ in range(options.steps):
            x = data[torch.randint(0, len(data), (100,))].float() / 255
            optimizer.zero_grad()
            loss = model.loss(x)
            loss.backward()
            optimizer.step()
        times.append((time.perf_counter() - start) / options.steps * 1000)
    print(json.dumps({"threads": options.threads, "optimizer": options.optimizer, "ms": times[1:]}))


if __name__ == "__main__":
    main()
