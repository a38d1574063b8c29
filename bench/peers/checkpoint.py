"""Reads the encoder of an MNIST checkpoint, a safetensors file, for the servers that `npm run bench -- encode` compares."""

import json

import numpy as np


def read_encoder(path):
    """Two layers of (weight, bias), weights [inputs, outputs]; the second gives means, then log variances."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        content = file.read()

    def read(name):
        start, end = header[name]["data_offsets"]
        return np.frombuffer(content[start:end], np.float32).reshape(header[name]["shape"])

    layers = ("encoder.hidden_0", "encoder.output")
    return [(read(f"{name}.weight"), read(f"{name}.bias")) for name in layers]
