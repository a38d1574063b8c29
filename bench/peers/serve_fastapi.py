"""Serves the encoder with FastAPI and PyTorch as tutorials do: `serve_fastapi.py CHECKPOINT PORT THREADS`."""

import sys

import numpy as np
import torch
import uvicorn
from checkpoint import read_encoder
from fastapi import FastAPI, Request
from pydantic import BaseModel
from torch import nn

path, port, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
model = nn.Sequential(nn.Linear(784, 500), nn.Tanh(), nn.Linear(500, 40)).eval()
for layer, (weight, bias) in zip((model[0], model[2]), read_encoder(path)):
    layer.load_state_dict({"weight": torch.tensor(weight.T.copy()), "bias": torch.tensor(bias)})

app = FastAPI()


class Rows(BaseModel):
    data: list[list[float]]


def run(x):
    with torch.no_grad():
        mean, log_variance = model(x).chunk(2, dim=1)
        return {"mean": mean.tolist(), "standard_deviation": torch.exp(0.5 * log_variance).tolist()}


@app.post("/encode")
async def encode(rows: Rows):
    return run(torch.tensor(rows.data))


@app.post("/encode-raw")
async def encode_raw(request: Request):
    return run(torch.from_numpy(np.frombuffer(await request.body(), np.float32).reshape(-1, 784).copy()))


uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
