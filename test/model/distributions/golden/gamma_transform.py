"""Fits the polynomials of src/model/distributions/gamma-transform.ts and writes gamma_transform.json: quantiles of
Gamma(shape) that the transform must meet. Prints the coefficients and the largest error. Run with SciPy, then prettier.

For shapes a >= SHIFT the cube root of (quantile at normal x) / a is y(eta, t) with eta = x / sqrt(a), t = 1 / a:
a smooth function (Temme's uniform expansion, DLMF 8.12, in the variable that Wilson and Hilferty found almost
linear), here sum_j t^j P_j(eta). The fit makes the largest error of the distribution function small (Lawson's
reweighted least squares), and holds it below TAIL times that in relative x in the tails.
"""

import json
import pathlib

import numpy as np
from scipy import special, stats

SHIFT = 4
DEGREES = (11, 7, 5, 3)
LIMIT = 6.8
TAIL = 1e-3
TERMS = [(i, j) for j, degree in enumerate(DEGREES) for i in range(degree + 1)]


def quantile(shape, x):
    """Quantile at probability Phi(x), exact in both tails."""
    low = special.gammaincinv(shape, special.ndtr(x))
    high = special.gammainccinv(shape, special.ndtr(-x))
    return np.where(x < 0, low, high)


def grid(inverse_shapes, xs):
    t, x = (axis.ravel() for axis in np.meshgrid(inverse_shapes, xs))
    z = quantile(1 / t, x)
    # d log z / dx = phi(x) / (z p(z)).
    slope = np.exp(stats.norm.logpdf(x) - stats.gamma.logpdf(z, 1 / t)) / z
    return t, x, np.cbrt(z * t), slope


def polynomial(coefficients, t, x):
    eta = x * np.sqrt(t)
    return sum(c * eta**i * t**j for c, (i, j) in zip(coefficients, TERMS))


def errors_of(y, t, x, exact, slope):
    """Error of the distribution function, and of x itself."""
    dx = np.abs(3 * np.log(y / exact) / slope)
    return stats.norm.pdf(x) * dx, dx


def fit():
    nodes = (1 - np.cos(np.linspace(0, np.pi, 41))) / 2
    t, x, y, slope = grid(np.maximum(nodes, 2e-4) / SHIFT, LIMIT * np.cos(np.linspace(0, np.pi, 161)))
    features = np.stack([(x * np.sqrt(t)) ** i * t**j for i, j in TERMS], 1)
    weight = 3 / (y * slope) * np.maximum(stats.norm.pdf(x), TAIL * stats.norm.pdf(0))
    lawson = weight.copy()
    for _ in range(200):
        found = np.linalg.lstsq(features * lawson[:, None], y * lawson, rcond=None)[0]
        residual = np.abs(features @ found - y) * weight
        lawson *= np.sqrt(residual / residual.max() + 1e-3) ** 0.5
    return found


coefficients = np.float32(fit()).astype(float)
t, x, exact, slope = grid(1 / np.geomspace(SHIFT, 1e6, 200), np.linspace(-LIMIT, LIMIT, 1361))
y = polynomial(coefficients, t, x)
cdf_error, x_error = errors_of(y, t, x, exact, slope)
rising = np.diff(y.reshape(1361, 200), axis=0).min() > 0
print(f"error of the distribution function {cdf_error.max():.2e}, of x {x_error.max():.2e}, rising {rising}")
for degree_of_t, degree in enumerate(DEGREES):
    own = [c for c, (_, j) in zip(coefficients, TERMS) if j == degree_of_t]
    print(f"  [{', '.join(f'{c:.9g}' for c in own)}],")

shapes = [0.05, 0.3, 1.0, 2.5, 6.0, 16.0, 46.0, 196.0, 996.0]
xs = [-6.5, -5.0, -4.0, -3.0, -2.0, -1.0, -0.3, 0.0, 0.4, 1.0, 2.0, 3.0, 4.0, 5.0, 6.5]
rows = []
for shape in shapes:
    _, _, y, slope = grid([1 / (shape + SHIFT)], xs)
    log_quantiles = 3 * np.log(y) + np.log(shape + SHIFT)
    rows.append({"shape": shape, "log_quantile": list(log_quantiles), "slope": list(slope)})
golden = {"normal": xs, "rows": rows}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
