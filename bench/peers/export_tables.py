"""Writes tables of scikit-learn as CSV files with headers into a folder, for `npm run bench -- anomalies`."""

import csv
import sys
from pathlib import Path

from sklearn import datasets

TABLES = {
    "breast-cancer": (datasets.load_breast_cancer, None),
    "breast-cancer-120": (datasets.load_breast_cancer, 120),
    "diabetes": (datasets.load_diabetes, None),
    "digits": (datasets.load_digits, None),
    "digits-400": (datasets.load_digits, 400),
    "wine": (datasets.load_wine, None),
}


def main():
    folder = Path(sys.argv[1])
    for name, (load, rows) in TABLES.items():
        data = load()
        names = getattr(data, "feature_names", None)
        values = data.data
        if rows is not None:
            values = values[:: len(values) // rows][:rows]
        with open(folder / f"{name}.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(names if names is not None else [f"x{i}" for i in range(values.shape[1])])
            writer.writerows([format(value, ".10g") for value in row] for row in values)


main()
