"""Writes quantiles.json: quantiles of the standard normal and of every prior with independent dimensions, by SciPy. Run
with SciPy, then prettier."""

import json
import math
import pathlib

from scipy import stats

PROBABILITIES = [0.001, 0.01, 0.025, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.975, 0.99, 0.999]
NORMAL = [1e-300, 1e-30, 1e-12, 1e-6, *PROBABILITIES, 0.07, 0.075, 0.925, 1 - 1e-6, 1 - 1e-12, 1 - 2**-53]


def located(distribution):
    return lambda location, scale: distribution(loc=location, scale=scale)


LOCATED = [{"location": 0, "scale": 1}, {"location": -3, "scale": 0.1}, {"location": 1e3, "scale": 1e4}]
CASES = {
    "gaussian": (
        lambda mean, standard_deviation: stats.norm(mean, standard_deviation),
        [{"mean": 0, "standard_deviation": 1}, {"mean": -2.5, "standard_deviation": 0.25}],
    ),
    "laplace": (located(stats.laplace), LOCATED),
    "logistic": (located(stats.logistic), LOCATED),
    "student_t": (
        lambda degrees_of_freedom, location, scale: stats.t(degrees_of_freedom, location, scale),
        [{"degrees_of_freedom": v, "location": 0.5, "scale": 2} for v in [0.5, 1, 2, 5, 30.5, 1000]],
    ),
    "cauchy": (located(stats.cauchy), LOCATED),
    "gumbel": (located(stats.gumbel_r), LOCATED),
    "exponential": (lambda rate: stats.expon(scale=1 / rate), [{"rate": 1}, {"rate": 0.02}]),
    "erlang": (
        lambda shape, rate: stats.gamma(shape, scale=1 / rate),
        [{"shape": 1, "rate": 3}, {"shape": 2, "rate": 1.5}, {"shape": 64, "rate": 1}],
    ),
    "gamma": (
        lambda shape, rate: stats.gamma(shape, scale=1 / rate),
        [{"shape": a, "rate": 1.5} for a in [0.02, 0.3, 1, 2.5, 40, 1e4, 1e6]],
    ),
    "chi_squared": (
        lambda degrees_of_freedom: stats.chi2(degrees_of_freedom),
        [{"degrees_of_freedom": v} for v in [0.7, 2, 3, 50]],
    ),
    "rayleigh": (lambda scale: stats.rayleigh(scale=scale), [{"scale": 1.5}, {"scale": 0.03}]),
    "weibull": (
        lambda scale, shape: stats.weibull_min(shape, scale=scale),
        [{"scale": 1.5, "shape": 0.5}, {"scale": 0.2, "shape": 1}, {"scale": 3, "shape": 6}],
    ),
    "log_normal": (
        lambda location, scale: stats.lognorm(scale, scale=math.exp(location)),
        [{"location": 0, "scale": 1}, {"location": -3, "scale": 0.1}],
    ),
    "gompertz": (
        lambda shape, scale: stats.gompertz(shape, scale=scale),
        [{"shape": 0.5, "scale": 2}, {"shape": 0.001, "scale": 0.5}, {"shape": 30, "scale": 1}],
    ),
    "f": (lambda d1, d2: stats.f(d1, d2), [{"d1": 1, "d2": 3}, {"d1": 5, "d2": 5}, {"d1": 30, "d2": 4.5}, {"d1": 0.2, "d2": 1000}]),
    "beta": (
        lambda alpha, beta: stats.beta(alpha, beta),
        [
            {"alpha": 1, "beta": 1},
            {"alpha": 0.5, "beta": 0.5},
            {"alpha": 0.05, "beta": 2},
            {"alpha": 8, "beta": 1},
            {"alpha": 40, "beta": 30},
            {"alpha": 1e5, "beta": 1e6},
        ],
    ),
}

golden = {
    "normal": {"probabilities": NORMAL, "quantiles": list(stats.norm.ppf(NORMAL))},
    "probabilities": PROBABILITIES,
    "priors": [
        {"prior": {"family": family, **numbers}, "quantiles": list(make(**numbers).ppf(PROBABILITIES))}
        for family, (make, table) in CASES.items()
        for numbers in table
    ],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
