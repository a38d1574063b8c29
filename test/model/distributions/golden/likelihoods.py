"""Writes likelihoods.json: log densities and means of every likelihood family. Run with SciPy 1.17."""

import json
import pathlib

import numpy as np
from scipy import integrate, special, stats


def bernoulli(x, logits):
    p = special.expit(logits)
    return x * np.log(p) + (1 - x) * np.log1p(-p), p


def continuous_bernoulli(x, logits):
    """The density e^(y x) and its first moment, normalised by quadrature, scaled by its largest value."""

    def one(x, y):
        top = max(y, 0)
        weight = lambda t: np.exp(y * t - top)
        steep = [-1 / y] if y < -1 else [1 - 1 / y] if y > 1 else []
        options = {"epsabs": 0, "epsrel": 1e-12, "points": steep, "limit": 200}
        normalizer = integrate.quad(weight, 0, 1, **options)[0]
        first = integrate.quad(lambda t: t * weight(t), 0, 1, **options)[0]
        return y * x - top - np.log(normalizer), first / normalizer

    pairs = np.array([one(*pair) for pair in zip(x, logits)])
    return pairs[:, 0], pairs[:, 1]


def gaussian(x, mean, deviation, shift=0.0, scale=1.0):
    center = shift + scale * mean
    return stats.norm.logpdf(x, center, scale * deviation), center + 0 * deviation


def student_t(x, location, scale, v, shift=0.0, own=1.0):
    center = shift + own * location
    return stats.t.logpdf(x, v, center, own * scale), center + 0 * scale


def log_normal(x, mean, deviation, shift=0.0, scale=1.0):
    own = stats.lognorm(s=scale * deviation, scale=np.exp(shift + scale * mean))
    return own.logpdf(x), own.mean()


def poisson(x, log_rates):
    return stats.poisson.logpmf(x, np.exp(log_rates)), np.exp(log_rates)


def negative_binomial(x, log_means, log_counts):
    mean, count = np.exp(log_means), np.exp(log_counts)
    return stats.nbinom.logpmf(x, count, count / (count + mean)), mean


def categorical(x, logits):
    p = special.softmax(logits)
    return stats.multinomial.logpmf(x, 1, p), p


def case(name, spec, x, output, terms, mean, extra=None):
    return {
        "name": name,
        "spec": spec,
        "x": [None if np.isnan(v) else float(v) for v in x],
        "output": [float(v) for v in output],
        "extra": extra or {},
        "log_prob_by_column": [float(v) for v in np.atleast_1d(terms)],
        "mean": [float(v) for v in np.atleast_1d(mean)],
    }


def elementwise(name, spec, density, x, output):
    x, output = np.array(x, float), np.array(output, float)
    return case(name, spec, x, output, *density(x, output))


MEANS, LOG_VARIANCES = np.array([-1.5, 2.0, 0.3]), np.array([-1.0, 0.5, 0.1])
GREY = np.array([0.0, 1.0, 0.25])


def gaussian_cases():
    for mean in ["free", "unit_interval"]:
        center = MEANS if mean == "free" else special.expit(MEANS)
        spec = {"family": "gaussian", "mean": mean}
        deviations = np.exp(LOG_VARIANCES / 2)
        yield case(
            f"gaussian {mean} per_element",
            {**spec, "variance": "per_element"},
            GREY,
            [*MEANS, *LOG_VARIANCES],
            *gaussian(GREY, center, deviations),
        )
        yield case(
            f"gaussian {mean} shared",
            {**spec, "variance": "shared"},
            GREY,
            MEANS,
            *gaussian(GREY, center, np.exp(-0.35)),
            {"log_variance": [-0.7]},
        )
        yield case(
            f"gaussian {mean} fixed",
            {**spec, "variance": "fixed", "standard_deviation": 0.3},
            GREY,
            MEANS,
            *gaussian(GREY, center, 0.3),
        )
    transform = {"shift": [100.0, -3.0, 0.01], "scale": [25.0, 0.5, 1e-3]}
    shift, scale = np.array(transform["shift"]), np.array(transform["scale"])
    x = np.array([60.0, -2.5, 0.012])
    free = {"family": "gaussian", "mean": "free", "standardise": "per_element", "transform": transform}
    yield case(
        "gaussian standardised",
        {**free, "variance": "per_element"},
        x,
        [*MEANS, *LOG_VARIANCES],
        *gaussian(x, MEANS, np.exp(LOG_VARIANCES / 2), shift, scale),
    )
    yield case(
        "gaussian standardised, fixed",
        {**free, "variance": "fixed", "standard_deviation": 0.7},
        x,
        MEANS,
        *gaussian(x, MEANS, 0.7, shift, scale),
    )
    yield case(
        "gaussian of a minimum deviation",
        {"family": "gaussian", "mean": "free", "variance": "per_element", "minimum_standard_deviation": 0.1},
        GREY,
        [*MEANS, -30, -4.6, 2],
        *gaussian(GREY, MEANS, np.sqrt(np.exp([-30, -4.6, 2]) + 0.01)),
    )


def student_t_cases():
    x, output = np.array([0.2, 40.0, -2.0]), [*MEANS, *LOG_VARIANCES]
    for v, minimum in [(5, 0.01), (1.5, 0.3), (400, 0)]:
        spec = {"family": "student_t", "degrees_of_freedom": v, "minimum_scale": minimum}
        scale = np.sqrt(np.exp(LOG_VARIANCES) + minimum**2)
        yield case(f"student_t of {v}", spec, x, output, *student_t(x, MEANS, scale, v))
    shift, own = np.array([50.0, -3.0, 0.01]), np.array([20.0, 0.5, 0.001])
    transform = {"shift": shift.tolist(), "scale": own.tolist()}
    spec = {"family": "student_t", "standardise": "per_element", "transform": transform}
    spec |= {"degrees_of_freedom": 3, "minimum_scale": 0.1}
    far = np.array([60.0, -2.5, 0.012])
    scale = np.sqrt(np.exp(LOG_VARIANCES) + 0.01)
    yield case("student_t standardised", spec, far, output, *student_t(far, MEANS, scale, 3, shift, own))
    column = {"family": "student_t", "degrees_of_freedom": 3, "minimum_scale": 0.1}
    columns = [
        {"name": f"c{i}", "likelihood": column | {"standardise": "per_element", "transform": {"shift": b, "scale": a}}}
        for i, (b, a) in enumerate(zip(shift.tolist(), own.tolist()))
    ]
    mixed = {"family": "mixed", "columns": columns}
    yield case("student_t columns", mixed, far, output, *student_t(far, MEANS, scale, 3, shift, own))


def negative_binomial_cases():
    x = np.array([0.0, 0, 3, 12, 40, 2, 700])
    log_means = np.array([-6.0, 1.2, 0.5, 2.4, 2.0, 0.9, 6.1])
    log_counts = np.array([0.3, -3.0, 1.0, 0.0, -0.7, 3.5, 1.5])
    output, values = [*log_means, *log_counts], negative_binomial(x, log_means, log_counts)
    yield case("negative_binomial", {"family": "negative_binomial"}, x, output, *values)
    columns = [{"name": f"c{i}", "likelihood": {"family": "negative_binomial"}} for i in range(len(x))]
    yield case("negative_binomial columns", {"family": "mixed", "columns": columns}, x, output, *values)


def grouped(sizes, x, logits):
    ends = np.cumsum(sizes)[:-1]
    pairs = [categorical(a, b) for a, b in zip(np.split(x, ends), np.split(logits, ends))]
    return np.array([term for term, _ in pairs]), np.concatenate([mean for _, mean in pairs])


COLUMNS = [
    {"name": "height", "likelihood": {"family": "gaussian", "minimum_standard_deviation": 0.1}},
    {"name": "colour", "likelihood": {"family": "categorical", "categories": 3}},
    {"name": "visits", "likelihood": {"family": "poisson"}},
    {"name": "income", "likelihood": {"family": "log_normal", "minimum_standard_deviation": 0.1}},
    {"name": "member", "likelihood": {"family": "bernoulli"}},
    {"name": "region", "likelihood": {"family": "categorical", "categories": 4}},
    {"name": "weight", "likelihood": {"family": "gaussian", "minimum_standard_deviation": 0.1}},
    {"name": "spare", "likelihood": {"family": "gaussian", "minimum_standard_deviation": 0}},
]
TRANSFORMS = {"height": (170.0, 10.0), "income": (10.0, 0.8), "weight": (70.0, 15.0), "spare": (0.0, 1.0)}


def column(given, missing):
    likelihood = dict(given["likelihood"])
    if given["name"] in TRANSFORMS:
        shift, scale = TRANSFORMS[given["name"]]
        likelihood |= {"standardise": "per_element", "transform": {"shift": shift, "scale": scale}}
    return {"name": given["name"], "likelihood": likelihood, "missing": missing}


def mixed_case(name, x, missing):
    """Decoder output in the order of the kinds: height, weight; colour, region; visits; income; member; spare."""
    means = {"height": 0.4, "weight": -1.2, "income": 0.7, "spare": 0.2}
    log_variances = {"height": -1.0, "weight": 0.3, "income": -0.6, "spare": -0.4}
    colour, region = np.array([0.2, -1.0, 0.9]), np.array([0.1, 0.5, -0.3, 0.4])
    visits, member = 1.3, -0.8
    output = [means["height"], means["weight"], log_variances["height"], log_variances["weight"]]
    output += [*colour, *region, visits, means["income"], log_variances["income"], member]
    output += [means["spare"], log_variances["spare"]]

    def real(density, key, value, minimum):
        deviation = np.sqrt(np.exp(log_variances[key]) + minimum**2)
        return density(value, means[key], deviation, *TRANSFORMS[key])

    def coded(logits, value):
        hot = np.eye(len(logits))[0 if np.isnan(value) else int(value)]
        return categorical(hot, logits)[0], np.argmax(logits)

    rules = [
        lambda v: real(gaussian, "height", v, 0.1),
        lambda v: coded(colour, v),
        lambda v: poisson(v, visits),
        lambda v: real(log_normal, "income", v, 0.1),
        lambda v: bernoulli(v, member),
        lambda v: coded(region, v),
        lambda v: real(gaussian, "weight", v, 0.1),
        lambda v: real(gaussian, "spare", v, 0),
    ]
    pairs = [rule(value) for rule, value in zip(rules, x)]
    terms = [0.0 if np.isnan(v) else term for v, (term, _) in zip(x, pairs)]
    spec = {"family": "mixed", "columns": [column(given, m) for given, m in zip(COLUMNS, missing)]}
    return case(name, spec, x, output, terms, [mean for _, mean in pairs])


OUTLIERS = {"share": 0.01, "location": 165.0, "scale": 50.0}
POSITIVE_OUTLIERS = {"share": 0.001, "location": 22000.0, "scale": 90000.0}
COUNT_OUTLIERS = {"share": 0.002, "scale": 12.0}
ROBUST = [
    {"family": "gaussian", "minimum_standard_deviation": 0.1, "outliers": OUTLIERS},
    {"family": "student_t", "degrees_of_freedom": 4, "minimum_scale": 0.1, "outliers": OUTLIERS},
    {"family": "log_normal", "minimum_standard_deviation": 0.1, "outliers": POSITIVE_OUTLIERS},
    {"family": "bernoulli", "other": {"share": 0.02}},
    {"family": "categorical", "categories": 4, "other": {"share": 0.1}},
    {"family": "poisson", "other": {"share": 0.03}, "outliers": COUNT_OUTLIERS},
    {"family": "negative_binomial", "other": {"share": 0.04}, "outliers": COUNT_OUTLIERS},
    {"family": "poisson", "other": {"share": 0.05}},
]


def robust_columns(missing):
    for i, likelihood in enumerate(ROBUST):
        transform = {"log_normal": (10.0, 0.8), "gaussian": (170.0, 10.0), "student_t": (170.0, 10.0)}
        if likelihood["family"] in transform:
            shift, scale = transform[likelihood["family"]]
            likelihood = likelihood | {"standardise": "per_element", "transform": {"shift": shift, "scale": scale}}
        yield {"name": f"c{i}", "likelihood": likelihood, "missing": missing}


def mixture(share, one, two):
    """log((1 - share) e^one + share e^two)"""
    return np.logaddexp(np.log1p(-share) + one, np.log(share) + two)


def number_outliers(field, x, term):
    distance = np.abs(x - field["location"])
    return mixture(field["share"], term, stats.lomax.logpdf(distance, 1, scale=field["scale"]) - np.log(2))


def count_outliers(field, x, term):
    s = field["scale"]
    return mixture(field["share"], term, np.log(s / ((x + s) * (x + s + 1))))


def with_other(share, x, term):
    return np.log(share) if x == -1 else np.log1p(-share) + term(x)


def robust_case(name, x):
    """Decoder output in the order of the kinds, which is that of the columns."""
    mean, log_variance, logits = 0.4, -1.0, np.array([0.1, 0.5, -0.3, 0.4])
    log_rate, log_mean, log_count = 1.3, 1.2, 0.6
    output = [mean, log_variance] * 3 + [-0.8, *logits, log_rate, log_mean, log_count, log_rate]
    deviation = np.sqrt(np.exp(log_variance) + 0.01)

    def income(v):
        with np.errstate(divide="ignore"):
            return log_normal(v, mean, deviation, 10.0, 0.8)

    def counted(field, share, density):
        return lambda v: with_other(share, v, lambda k: count_outliers(field, k, density(k)))

    rules = [
        lambda v: number_outliers(OUTLIERS, v, gaussian(v, mean, deviation, 170.0, 10.0)[0]),
        lambda v: number_outliers(OUTLIERS, v, student_t(v, mean, deviation, 4, 170.0, 10.0)[0]),
        lambda v: number_outliers(POSITIVE_OUTLIERS, v, income(v)[0]),
        lambda v: with_other(0.02, v, lambda k: bernoulli(k, -0.8)[0]),
        lambda v: with_other(0.1, v, lambda k: categorical(np.eye(4)[int(k)], logits)[0]),
        counted(COUNT_OUTLIERS, 0.03, lambda k: poisson(k, log_rate)[0]),
        counted(COUNT_OUTLIERS, 0.04, lambda k: negative_binomial(k, log_mean, log_count)[0]),
        lambda v: with_other(0.05, v, lambda k: poisson(k, log_rate)[0]),
    ]
    means = [174.0, 174.0, income(1)[1], special.expit(-0.8), 1, np.exp(log_rate), np.exp(log_mean), np.exp(log_rate)]
    terms = [0.0 if np.isnan(v) else rule(v) for rule, v in zip(rules, x)]
    missing = bool(np.isnan(x).any())
    return case(name, {"family": "mixed", "columns": list(robust_columns(missing))}, x, output, terms, means)


def cases():
    far = [-60.0, -8.0, -1.5, -1.001, -0.999, -0.3, -1e-3, 0.0, 1e-6, 0.02, 0.7, 1.002, 3.0, 20.0, 80.0]
    inside = [0.0, 0.01, 0.2, 1.0, 0.5, 0.9, 0.3, 0.77, 1.0, 0.0, 0.4, 0.6, 0.95, 0.99, 1.0]
    yield elementwise("bernoulli", {"family": "bernoulli"}, bernoulli, GREY, MEANS)
    family = {"family": "continuous_bernoulli"}
    yield elementwise("continuous_bernoulli", family, continuous_bernoulli, inside, far)
    yield from gaussian_cases()
    yield from student_t_cases()
    counts, log_rates = [0, 0, 1, 2, 7, 8, 30, 1000, 100000], [-20, 0.5, 0, 1.2, 2, 1.9, 3.5, 6.9, 11.5]
    yield elementwise("poisson", {"family": "poisson"}, poisson, counts, log_rates)
    yield from negative_binomial_cases()
    logits = np.array([0.3, -1.2, 2.0, 0.0, 0.4, -0.4, 80.0, -80.0, 3.0, 1.0])
    hot = np.array([0.0, 0, 1, 1, 0, 0, 1, 0, 0, 1])
    sizes = [3, 3, 2, 2]
    spec = {"family": "categorical", "groups": sizes}
    yield case("categorical", spec, hot, logits, *grouped(sizes, hot, logits))
    whole = np.array([181.5, 2, 4, 31000.0, 1, 3, 52.0, 0.9])
    gaps = np.array([np.nan, np.nan, np.nan, np.nan, np.nan, 1, np.nan, np.nan])
    yield mixed_case("mixed", whole, [False] * 8)
    yield mixed_case("mixed, nothing missing", whole, [True] * 8)
    yield mixed_case("mixed, much missing", gaps, [True, True, True, True, True, False, True, True])
    yield robust_case("robust columns", np.array([181.5, 150, 31000, 1, 3, 4, 12, 2]))
    yield robust_case("robust columns of unusual values", np.array([-250.0, 1e6, -5, 0, 0, 5000, 100000, 40]))
    yield robust_case("robust columns of absurd values", np.array([1e30, -1e30, 0, -1, -1, -1, -1, -1]))
    yield robust_case("robust columns, much missing", np.array([np.nan, 160, np.nan, -1, np.nan, np.nan, -1, np.nan]))


path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(list(cases()), indent=1) + "\n")
