"""Fills in missing cells of tables with means and modes, IterativeImputer and KNNImputer of scikit-learn, all at their defaults.

Reads one JSON line per table from standard input: {"name", "kinds", "train", "queries"}, cells as text, "" if missing, and
prints one: {"name": ..., "filled": {method: rows}, "seconds": {method: ...}}, rows with a cell for each column of kind "number" or
"word", null for the others. Numbers are standardised, words one-hot encoded; the largest wins.
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer

warnings.filterwarnings("ignore")

METHODS = {
    "means": lambda: SimpleImputer(strategy="mean"),
    "iterative": lambda: IterativeImputer(random_state=0),
    "neighbours": lambda: KNNImputer(),
}


class Columns:
    """Cells to numbers and back."""

    def __init__(self, table):
        self.kinds = table["kinds"]
        self.parts = []
        for column, kind in enumerate(self.kinds):
            cells = [row[column] for row in table["train"]]
            if kind == "word":
                self.parts.append((column, sorted(set(cells) - {""})))
            elif kind == "number":
                values = pd.to_numeric(pd.Series(cells), errors="coerce").to_numpy(float)
                self.parts.append((column, (np.nanmean(values), np.nanstd(values) or 1.0)))

    def encode(self, rows):
        features = []
        for column, known in self.parts:
            cells = [row[column] for row in rows]
            if self.kinds[column] == "word":
                missing = np.array([cell not in known for cell in cells])
                for word in known:
                    features.append(np.where(missing, np.nan, [float(cell == word) for cell in cells]))
            else:
                values = pd.to_numeric(pd.Series(cells), errors="coerce").to_numpy(float)
                features.append((values - known[0]) / known[1])
        return np.stack(features, 1)

    def decode(self, filled):
        rows = [[None] * len(self.kinds) for _ in filled]
        start = 0
        for column, known in self.parts:
            width = len(known) if self.kinds[column] == "word" else 1
            own = filled[:, start : start + width]
            start += width
            for row, values in zip(rows, own):
                is_word = self.kinds[column] == "word"
                row[column] = known[int(values.argmax())] if is_word else known[0] + known[1] * float(values[0])
        return rows


for line in sys.stdin:
    table = json.loads(line)
    columns = Columns(table)
    train, queries = columns.encode(table["train"]), columns.encode(table["queries"])
    filled, seconds = {}, {}
    for name, create in METHODS.items():
        started = time.perf_counter()
        imputer = create().fit(train)
        filled[name] = columns.decode(imputer.transform(queries))
        seconds[name] = time.perf_counter() - started
    print(json.dumps({"name": table["name"], "filled": filled, "seconds": seconds}), flush=True)
