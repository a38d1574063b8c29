"""Fits the polynomial of lgamma in src/model/distributions/special-functions.ts and writes special_functions.json:
values of lgamma, digamma, trigamma and log_beta. Prints the coefficients. Run with SciPy, then prettier.

exp(lgamma(x) - (x - 1/2) (log(x + g) - 1)) x (x + 1) (x + 2) is nearly a polynomial of third degree (Lanczos); the fit
makes the largest relative error small over [1e-5, 1e7], by reweighted least squares.
"""

import json
import pathlib

import numpy as np
from scipy import special

SHIFT = 2.595
DEGREE = 3


def fit():
    x = np.concatenate([np.geomspace(1e-5, 1e7, 4000), np.linspace(0.5, 10, 2000)])
    poles = x * (x + 1) * (x + 2)
    y = np.exp(special.gammaln(x) - (x - 0.5) * (np.log(x + SHIFT) - 1)) * poles
    features = np.stack([x**i for i in range(DEGREE + 1)], 1) / y[:, None]
    lawson = np.ones_like(x)
    for _ in range(100):
        found = np.linalg.lstsq(features * lawson[:, None], lawson, rcond=None)[0]
        residual = np.abs(features @ found - 1)
        lawson *= np.sqrt(residual / residual.max() + 1e-3) ** 0.5
    return found, residual.max()


coefficients, error = fit()
print(", ".join(f"{c:.9g}" for c in coefficients), f"relative error {error:.2e}")

x = np.unique(np.float32(np.concatenate([np.geomspace(1e-4, 1e5, 46), [0.5, 1, 1.4616321, 2, 3, 4]]))).astype(float)
a, b = (axis.ravel() for axis in np.meshgrid(np.float32([1e-4, 0.3, 1, 5, 300]).astype(float), [0.25, 2, 300, 1e5]))
golden = {
    "x": list(x),
    "lgamma": list(special.gammaln(x)),
    "digamma": list(special.digamma(x)),
    "trigamma": list(special.polygamma(1, x)),
    "beta": {"a": list(a), "b": list(b), "log_beta": list(special.betaln(a, b))},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
