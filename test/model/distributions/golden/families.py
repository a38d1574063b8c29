"""Writes families.json: densities, moments and quantiles of every family by SciPy. Run with SciPy, then prettier.

Parameters and points are float32 numbers. Null stands for what is not finite. A projection is the distribution of a
weighted sum of the dimensions.
"""

import json
import pathlib

import numpy as np
from scipy import stats

PROBABILITIES = [0.001, 0.004, 0.01, 0.02, *(i / 40 for i in range(1, 40)), 0.98, 0.99, 0.996, 0.999]
POINTS = [1e-6, 1e-3, 0.04, 0.2, 0.45, 0.77, 0.95, 0.999, 1 - 1e-6]

# Family, hyperparameters, parameters (float32) -> SciPy's distribution, points outside of the parameters' range.
ELEMENTWISE = [
    ("exponential", {}, {"rate": [1.5, 0.02]}, lambda rate: stats.expon(scale=1 / rate), []),
    ("cauchy", {}, {"location": [0.5, -3], "scale": [1.25, 0.1]}, stats.cauchy, []),
    ("rayleigh", {}, {"scale": [1.5, 0.03]}, lambda scale: stats.rayleigh(scale=scale), []),
    (
        "pareto",
        {},
        {"scale": [1.5, 0.2, 3], "shape": [0.75, 1.5, 5]},
        lambda scale, shape: stats.pareto(shape, scale=scale),
        [0.1],
    ),
    (
        "weibull",
        {},
        {"scale": [1.5, 0.2, 3], "shape": [0.5, 1, 6]},
        lambda scale, shape: stats.weibull_min(shape, scale=scale),
        [],
    ),
    (
        "reciprocal",
        {},
        {"low": [0.5, 2, 3], "ratio": [20, 1.125, 3000]},
        lambda low, ratio: stats.loguniform(low, low * ratio),
        [0.25, 1e5],
    ),
    (
        "gompertz",
        {},
        {"shape": [0.5, 0.001, 30], "scale": [2, 0.5, 1]},
        lambda shape, scale: stats.gompertz(shape, scale=scale),
        [],
    ),
    ("gumbel", {}, {"location": [0.5, -3], "scale": [1.25, 0.1]}, stats.gumbel_r, []),
    ("erlang", {}, {"rate": [1.5, 0.02]}, lambda rate: stats.gamma(2, scale=1 / rate), []),
    ("erlang", {"shape": 5}, {"rate": [1.5]}, lambda rate: stats.gamma(5, scale=1 / rate), []),
    ("laplace", {}, {"location": [0.5, -3], "scale": [1.25, 0.1]}, stats.laplace, []),
    (
        "student_t",
        {},
        {"location": [0.5, -3], "scale": [1.25, 0.1]},
        lambda location, scale: stats.t(5, location, scale),
        [],
    ),
    (
        "student_t",
        {"degrees_of_freedom": 1.5},
        {"location": [0.5], "scale": [1.25]},
        lambda location, scale: stats.t(1.5, location, scale),
        [],
    ),
    (
        "student_t",
        {"degrees_of_freedom": 40},
        {"location": [0.5], "scale": [1.25]},
        lambda location, scale: stats.t(40, location, scale),
        [],
    ),
    ("logistic", {}, {"location": [0.5, -3], "scale": [1.25, 0.1]}, stats.logistic, []),
    ("uniform", {}, {"low": [0.5, -3], "width": [1.25, 0.1]}, stats.uniform, [-4, 0.25, 2]),
    (
        "triangular",
        {},
        {"location": [0.5, -3], "scale": [1.25, 0.1]},
        lambda location, scale: stats.triang(0.5, location, scale),
        [-4, 0.25, 2],
    ),
    (
        "triangular",
        {"peak": 0.125},
        {"location": [0.5], "scale": [1.25]},
        lambda location, scale: stats.triang(0.125, location, scale),
        [],
    ),
    (
        "gaussian",
        {},
        {"mean": [0.5, -3], "log_variance": [0.75, -4]},
        lambda mean, log_variance: stats.norm(mean, np.exp(log_variance / 2)),
        [],
    ),
    (
        "log_normal",
        {},
        {"location": [0.5, -3], "scale": [1.25, 0.1]},
        lambda location, scale: stats.lognorm(scale, scale=np.exp(location)),
        [],
    ),
    (
        "gamma",
        {},
        {"shape": [0.3, 1, 2.5, 40], "rate": [1.5, 0.02, 1, 3]},
        lambda shape, rate: stats.gamma(shape, scale=1 / rate),
        [],
    ),
    (
        "beta",
        {},
        {"alpha": [0.5, 2, 8, 40], "beta": [0.5, 3, 1, 30]},
        stats.beta,
        [],
    ),
    (
        "chi_squared",
        {},
        {"degrees_of_freedom": [0.7, 3, 50]},
        stats.chi2,
        [],
    ),
    ("f", {}, {"d1": [1, 5, 30], "d2": [3, 12, 4.5]}, stats.f, []),
]


def finite(values):
    return [float(f"{v:.12g}") if np.isfinite(v) else None for v in np.ravel(values)]


def floats(values):
    return [float(v) for v in np.ravel(np.float32(values))]


def element_case(family, hyperparameters, parameters, distribution, outside):
    points = floats([*distribution.ppf(POINTS), *outside])
    if family == "beta":
        points = [z for z in points if 0 < z < 1]
    return {
        "family": family,
        "hyperparameters": hyperparameters,
        "parameters": {name: [value] for name, value in parameters.items()},
        "z": [[z] for z in points],
        "log_prob": finite(distribution.logpdf(points)),
        "mean": finite(distribution.mean()),
        "standard_deviation": finite(distribution.std()),
        "projections": [{"weights": [1], "quantiles": finite(distribution.ppf(PROBABILITIES))}],
    }


def element_cases():
    for family, hyperparameters, table, make, outside in ELEMENTWISE:
        for values in zip(*table.values()):
            parameters = dict(zip(table, floats(values)))
            yield element_case(family, hyperparameters, parameters, make(*parameters.values()), outside)


def gaussian_case(mean, cholesky):
    mean, cholesky = np.array(floats(mean)), np.float32(cholesky).astype(float)
    covariance = cholesky @ cholesky.T
    offsets = np.array([[0, 0, 0], [1, -1, 0.5], [-3, 2, 1], [4, 6, -5]])[:, : len(mean)]
    points = np.float32(mean + offsets).astype(float)
    directions = [*np.eye(len(mean)), np.array([1, -2, 0.5])[: len(mean)]]
    return {
        "family": "full_gaussian",
        "hyperparameters": {},
        "parameters": {"mean": list(mean), "cholesky": cholesky.tolist()},
        "z": points.tolist(),
        "log_prob": finite(stats.multivariate_normal(mean, covariance).logpdf(points)),
        "mean": finite(mean),
        "standard_deviation": finite(np.sqrt(np.diag(covariance))),
        "projections": [
            {
                "weights": list(w),
                "quantiles": finite(stats.norm(w @ mean, np.sqrt(w @ covariance @ w)).ppf(PROBABILITIES)),
            }
            for w in directions
        ],
    }


def dirichlet_case(concentration, points):
    a = np.array(floats(concentration))
    distribution = stats.dirichlet(a)
    points = np.float32(points).astype(float)
    groups = [*np.eye(len(a)), np.array([1, 1, *np.zeros(len(a) - 2)])][: 1 + len(a) * (len(a) > 2)]
    # SciPy wants sums of one to double precision: the last element is what float32 leaves.
    exact = np.concatenate([points[:, :-1], 1 - points[:, :-1].sum(1, keepdims=True)], 1)
    return {
        "family": "dirichlet",
        "hyperparameters": {},
        "parameters": {"concentration": list(a)},
        "z": points.tolist(),
        "log_prob": finite([distribution.logpdf(z) for z in exact]),
        "mean": finite(distribution.mean()),
        "standard_deviation": finite(np.sqrt(distribution.var())),
        "projections": [
            {"weights": list(w), "quantiles": finite(stats.beta(w @ a, (1 - w) @ a).ppf(PROBABILITIES))}
            for w in groups
        ],
    }


cases = [
    *element_cases(),
    gaussian_case([0.5, -2], [[1.5, 0], [-0.75, 0.25]]),
    gaussian_case([0, 1, 3], [[1, 0, 0], [2, 0.5, 0], [-1, 0.3, 2]]),
    dirichlet_case([0.5, 2], [[0.25, 0.75], [0.0009765625, 0.9990234375]]),
    dirichlet_case([0.3, 1, 6], [[0.25, 0.25, 0.5], [0.0078125, 0.9765625, 0.015625]]),
    dirichlet_case([40, 20, 10, 5], [[0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25]]),
]
golden = {"probabilities": PROBABILITIES, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
