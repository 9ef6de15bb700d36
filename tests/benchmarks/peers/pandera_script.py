"""What an analyst writes to clean a file: pandas reads, pandera judges, the rejects and the rest are written.

With `profile` as a third argument every analysis of our report is made of the file first.
"""

import sys
from pathlib import Path

import pandas
import pandera.pandas as pa

sys.path.insert(0, str(Path(__file__).parents[1]))
from analyzing import ANALYSES, with_pandas

given, output = sys.argv[1], sys.argv[2]
frame = pandas.read_csv(given)
if sys.argv[3:] == ["profile"]:
    profile = [f"{what}: {with_pandas(what, frame)}" for what in ANALYSES if what != "spearman"]
    Path(output).with_suffix(".txt").write_text("\n".join(profile))
schema = pa.DataFrameSchema(
    {
        "id": pa.Column("int64", unique=True),
        "customer": pa.Column(checks=pa.Check.str_length(max_value=30)),
        "price": pa.Column("float64", pa.Check.in_range(0, 9000)),
        "quantity": pa.Column("int64", pa.Check.ge(1)),
        "city": pa.Column(checks=pa.Check.str_matches("^[A-Z]")),
    }
)
try:
    schema.validate(frame, lazy=True)
except pa.errors.SchemaErrors as error:
    cases = error.failure_cases
    cases.to_csv(output.replace(".csv", ".rejects.csv"), index=False)
    frame = frame.drop(index=cases["index"].dropna().unique())
frame = frame.drop_duplicates()
for name in frame.select_dtypes("object").columns.union(frame.select_dtypes("string").columns):
    frame[name] = frame[name].str.strip()
frame["discount"] = frame["discount"].fillna(frame["discount"].mean())
low, high = frame["price"].quantile(0.25), frame["price"].quantile(0.75)
frame["price"] = frame["price"].clip(low - 1.5 * (high - low), high + 1.5 * (high - low))
frame.to_csv(output, index=False)
