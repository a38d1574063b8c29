"""Scores new rows of tables with IsolationForest, LocalOutlierFactor, and PyOD's ECOD and VAE, all at their defaults.

Reads one JSON line per table from standard input: {"name", "kinds", "train", "fresh", "labels"}, cells as text, and prints
one: {"name": ..., "auc": {method: area under the ROC curve}, "seconds": {method: ...}}. Numbers and dates are standardised
(missing ones get the mean), words are one-hot encoded; ids and free text are left out.
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
import torch
from pyod.models.ecod import ECOD
from pyod.models.vae import VAE
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor

warnings.filterwarnings("ignore")
# Minibatches of 32 rows are too small to share.
torch.set_num_threads(1)


def to_number(cells, kind):
    if kind == "date":
        dates = pd.to_datetime(pd.Series(cells).replace("", None), errors="coerce", format="mixed", utc=True)
        seconds = dates.astype("int64").astype(float)
        return np.where(dates.isna(), np.nan, seconds)
    return pd.to_numeric(pd.Series(cells), errors="coerce").to_numpy(float)


def encode(table):
    """Features of the training rows and of the new rows."""
    train, fresh = [], []
    for column, kind in enumerate(table["kinds"]):
        a = [row[column] for row in table["train"]]
        b = [row[column] for row in table["fresh"]]
        if kind == "word":
            for word in sorted(set(a)):
                train.append(np.array([cell == word for cell in a], float))
                fresh.append(np.array([cell == word for cell in b], float))
        elif kind != "other":
            x, y = to_number(a, kind), to_number(b, kind)
            mean, deviation = np.nanmean(x), np.nanstd(x) or 1.0
            train.append(np.nan_to_num((x - mean) / deviation))
            fresh.append(np.nan_to_num((y - mean) / deviation))
    return np.stack(train, 1), np.stack(fresh, 1)


class NegatedScore:
    """scikit-learn's detectors: lower is stranger."""

    def __init__(self, model):
        self.model = model

    def fit(self, x):
        self.model.fit(x)

    def decision_function(self, x):
        return -self.model.score_samples(x)


def detectors(rows):
    return {
        "isolation_forest": NegatedScore(IsolationForest(random_state=0)),
        "local_outlier_factor": NegatedScore(LocalOutlierFactor(novelty=True, n_neighbors=min(20, rows - 1))),
        "ecod": ECOD(),
        "pyod_vae": VAE(verbose=0),
    }


def main():
    for line in sys.stdin:
        table = json.loads(line)
        train, fresh = encode(table)
        auc, seconds = {}, {}
        for name, detector in detectors(len(train)).items():
            started = time.perf_counter()
            detector.fit(train)
            scores = np.nan_to_num(detector.decision_function(fresh))
            seconds[name] = time.perf_counter() - started
            auc[name] = roc_auc_score(table["labels"], scores)
        print(json.dumps({"name": table["name"], "auc": auc, "seconds": seconds}), flush=True)


main()
