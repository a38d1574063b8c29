"""Writes negative_binomial.json: log p of counts and its derivatives by log m and log n, over parameters that a decoder can
run into, with 600 digits. Run with mpmath, then prettier."""

import itertools
import json
import pathlib
import struct

from mpmath import digamma, exp, log, loggamma, log1p, mp

mp.dps = 600
LARGEST_LOG_COUNT = 10

X = [0, 1, 2, 16, 1000, 3_000_000, 2**24]
LOG_MEANS = [-100, -20, -3.1, 0, 2.7, 6.9, 16, 85]
LOG_COUNTS = [-1000, -90, -44, -16, -2.3, 0, 3.7, 9.99, 40]


def float32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def exact(x, log_mean, given):
    log_count = min(given, LARGEST_LOG_COUNT)
    m, n = exp(log_mean), exp(log_count)
    failures, successes = log1p(m / n), log1p(n / m)
    ways = loggamma(x + n) - loggamma(n) - loggamma(x + 1) if x > 0 else mp.mpf(0)
    rise = n * (digamma(x + n) - digamma(n)) if x > 0 else mp.mpf(0)
    by_mean = n * (x - m) / (n + m)
    by_count = rise - n * failures + n * (m - x) / (n + m)
    return {
        "log_prob": float(ways - n * failures - x * successes),
        "by_log_mean": float(by_mean),
        "by_log_count": float(by_count) if given <= LARGEST_LOG_COUNT else 0.0,
    }


grid = [tuple(map(float32, point)) for point in itertools.product(X, LOG_MEANS, LOG_COUNTS)]
results = [exact(*point) for point in grid]
golden = {
    "x": [x for x, _, _ in grid],
    "log_mean": [m for _, m, _ in grid],
    "log_count": [n for _, _, n in grid],
    **{name: [result[name] for result in results] for name in results[0]},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
