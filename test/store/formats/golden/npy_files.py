"""Writes npy_files.json: arrays as numpy.save lays them out, in hexadecimal. Run with NumPy 2."""

import io
import json
import pathlib

import numpy as np

ARRAYS = [
    (np.array([[1.5, -2], [0, 3.25]], "<f4"), (1, 0)),
    (np.array([[1, 2, 3]], ">i2"), (1, 0)),
    (np.array([[1, 2**32 - 1]], "<u4"), (1, 0)),
    (np.array([[True, False]]), (1, 0)),
    (np.array([[0, 255]], "u1"), (1, 0)),
    (np.array([[-128, 127]], "i1"), (1, 0)),
    (np.array([[-5, 2**40]], "<i8"), (1, 0)),
    (np.array([[5, 2**40]], ">u8"), (1, 0)),
    (np.array([[0.1, -1e-3]], "<f8"), (1, 0)),
    (np.array([[[1, 2], [3, 4]]], "<u2"), (1, 0)),
    (np.array([[7], [8]], "<i4"), (2, 0)),
    (np.array([[2.8125], [8]], ">f4"), (3, 0)),
]


def case(array, version):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return {
        "dtype": array.dtype.str,
        "shape": list(array.shape),
        "values": [float(v) for v in array.astype("<f4").ravel()],
        "hex": file.getvalue().hex(),
    }


cases = [case(array, version) for array, version in ARRAYS]
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases, indent=2) + "\n")
