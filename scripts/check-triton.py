"""Called by check-triton.js: asks the service what is in a JSON file through Triton's client, and compares every bit.

python check-triton.py HOST:PORT FILE
"""

import itertools
import json
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

address, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    cases = json.load(file)
client = triton.InferenceServerClient(address)
checks = 0


def check(what, is_good):
    global checks
    checks += 1
    if not is_good:
        sys.exit(f"failed: {what}")


def same(found, expected):
    """Equal bits; null of JSON is NaN."""
    wanted = np.array(expected, dtype=found.dtype).reshape(found.shape)
    return found.tobytes() == wanted.tobytes()


def tensor(name, values, datatype, binary):
    kinds = {"FP32": np.float32, "FP64": np.float64, "UINT8": np.uint8}
    array = np.array(values, dtype=kinds[datatype])
    result = triton.InferInput(name, list(array.shape), datatype)
    return result.set_data_from_numpy(array, binary_data=binary)


def refused(what, status, call):
    try:
        call()
    except InferenceServerException as error:
        check(f"{what}: {error}", error.status() == status and "decoding" not in error.message())
    else:
        check(what, False)


check("live", client.is_server_live())
check("ready", client.is_server_ready())
check("extensions", "binary_tensor_data" in client.get_server_metadata()["extensions"])

for case in cases:
    model, version = case["model"], case["version"]
    metadata = client.get_model_metadata(model, version)
    check("metadata", metadata["name"] == model and (version or "0") in [*metadata["versions"], "0"])
    check("configuration", client.get_model_config(model, version)["max_batch_size"] > 0)
    check("model ready", client.is_model_ready(model, version))
    # NaN is no JSON, so a missing value travels as bytes.
    given = {name: values for name, values in case["inputs"].items()}
    ways = [True] if case["has_missing"] else [True, False]
    for datatype, binary, binary_answer in itertools.product(case["datatypes"], ways, [True, False]):
        inputs = [tensor(name, values, "FP64" if name == "latents" else datatype, binary) for name, values in given.items()]
        outputs = [triton.InferRequestedOutput(name, binary_data=binary_answer) for name in case["outputs"]]
        result = client.infer(model, inputs, model_version=version, outputs=outputs, request_id="q1")
        answer = result.get_response()
        check("id", answer["id"] == "q1")
        check("version", answer["model_version"] == (version or case["step"]))
        for name, expected in case["outputs"].items():
            what = f"{name} ({datatype}, bytes sent: {binary}, bytes asked for: {binary_answer})"
            check(what, same(result.as_numpy(name), expected))
    data = tensor("data", given["data"], case["datatypes"][0], True)
    usual = client.infer(model, [data], model_version=version)
    check("usual outputs", same(usual.as_numpy("mean"), case["outputs"]["mean"]))
    waiting = client.async_infer(model, [data], model_version=version)
    check("asynchronous", same(waiting.get_result().as_numpy("mean"), case["outputs"]["mean"]))

model = cases[0]["model"]
latents = tensor("latents", cases[0]["inputs"]["latents"], "FP32", True)
refused("unknown model", "404", lambda: client.infer("nothing", [latents]))
refused("unknown version", "404", lambda: client.infer(model, [latents], model_version="123456"))
refused("unknown input", "400", lambda: client.infer(model, [tensor("x", [[1.0]], "FP32", True)]))
refused("another shape", "400", lambda: client.infer(model, [tensor("latents", [[1.0]], "FP32", True)]))
refused("unknown route", "404", lambda: client.get_inference_statistics(model))
check("not ready", not client.is_model_ready(model, "123456"))
print(f"{checks} checks: tritonclient gets the bits of the service's own routes")
