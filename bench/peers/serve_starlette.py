"""Serves the encoder with Starlette, orjson and ONNX Runtime, with care for speed: `serve_starlette.py CHECKPOINT PORT THREADS`."""

import sys

import numpy as np
import onnxruntime
import orjson
import uvicorn
from checkpoint import read_encoder
from onnx import TensorProto, helper, numpy_helper
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

path, port, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def build_graph(layers):
    arrays = {f"{kind}{i}": array for i, layer in enumerate(layers) for kind, array in zip("wb", layer)}
    arrays["half"] = np.array(0.5, np.float32)
    nodes = [
        helper.make_node("Gemm", ["x", "w0", "b0"], ["linear"]),
        helper.make_node("Tanh", ["linear"], ["hidden"]),
        helper.make_node("Gemm", ["hidden", "w1", "b1"], ["both"]),
        helper.make_node("Split", ["both"], ["mean", "log_variance"], axis=1, num_outputs=2),
        helper.make_node("Mul", ["log_variance", "half"], ["log_deviation"]),
        helper.make_node("Exp", ["log_deviation"], ["standard_deviation"]),
    ]
    declare = lambda name, size: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", size])
    outputs = [declare("mean", 20), declare("standard_deviation", 20)]
    constants = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    graph = helper.make_graph(nodes, "encoder", [declare("x", 784)], outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
session = onnxruntime.InferenceSession(
    build_graph(read_encoder(path)).SerializeToString(), options, providers=["CPUExecutionProvider"]
)


def answer(x):
    mean, standard_deviation = session.run(["mean", "standard_deviation"], {"x": x})
    body = orjson.dumps(
        {"mean": mean, "standard_deviation": standard_deviation}, option=orjson.OPT_SERIALIZE_NUMPY
    )
    return Response(body, media_type="application/json")


async def encode(request):
    return answer(np.array(orjson.loads(await request.body())["data"], np.float32))


async def encode_raw(request):
    return answer(np.frombuffer(await request.body(), np.float32).reshape(-1, 784))


app = Starlette(
    routes=[
        Route("/encode", encode, methods=["POST"]),
        Route("/encode-raw", encode_raw, methods=["POST"]),
    ]
)
uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", log_level="warning")
