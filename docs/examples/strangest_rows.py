"""
Prints the ten strangest rows of a CSV file, and why they are strange:

    python3 docs/examples/strangest_rows.py vans.csv

Needs a running service (npm start) and only Python's standard library.
"""

import csv
import json
import sys
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

FILE = sys.argv[1]
SERVICE = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8080"
ROWS_PER_REQUEST = 500


def call(path, body=None, content_type="application/json"):
    """Sends a POST with this body, or a GET without one."""
    try:
        with urlopen(Request(SERVICE + path, body, {"content-type": content_type})) as answer:
            return json.load(answer)
    except HTTPError as error:
        sys.exit(f"{path} was refused: {error.read().decode()}")


def post(path, **body):
    return call(path, json.dumps(body).encode())


def describe(expected):
    """What the other columns of the row let the model expect: likely words, or a median and a 90 % interval."""
    if "likeliest" in expected:
        first = expected["likeliest"][0]
        return f"{first['value']} ({first['probability']:.0%})"
    return f"{expected['median']} ({expected['low']} to {expected['high']})"


# Upload the file. The service finds out what each column is.
with open(FILE, "rb") as file:
    dataset = call("/datasets", file.read(), "text/csv")
for warning in dataset["warnings"]:
    print(warning)

# Train with defaults and wait for the end.
job = post("/jobs", dataset_id=dataset["id"])
while job["state"] in ("queued", "running"):
    time.sleep(1)
    job = call(f"/jobs/{job['id']}")
if job["state"] != "succeeded":
    sys.exit(f"The training {job['state']}: {job['error']}")
print(job["result"]["comparison"]["summary"])

# Score all rows.
with open(FILE, newline="", encoding="utf-8-sig") as file:
    rows = list(csv.DictReader(file))
scored = []
for start in range(0, len(rows), ROWS_PER_REQUEST):
    batch = rows[start : start + ROWS_PER_REQUEST]
    answer = post("/score", model_id=job["model_id"], data=batch, columns=True)
    for row, score, p_value, cells in zip(batch, answer["score"], answer["p_value"], answer["cells"]):
        if score is not None:  # null: the service could not understand the row, and answer["errors"] says why.
            scored.append((score, p_value, row, cells))

# Print the strangest, each with the column that contributes most to its strangeness.
scored.sort(key=lambda entry: entry[0], reverse=True)
for score, p_value, row, cells in scored[:10]:
    print(f"score {score:.1f}, p-value {p_value:.2g}: {', '.join(row.values())}")
    cell = max(cells, key=lambda cell: cell["share"] or 0)
    print(f"    {cell['column']} is {row[cell['column']]}; expected: {describe(cell['expected'])}")
