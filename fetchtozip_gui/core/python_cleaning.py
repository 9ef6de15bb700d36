"""The functions that made Python scripts clean, validate and query with; words in capitals are filled in."""

from __future__ import annotations

from dataclasses import dataclass, field

from fetchtozip_gui.core.python_chunks import filled
from fetchtozip_gui.core.steps.kinds import INTEGER, NUMBER, PATTERNS

AS_WRITTEN = '''def as_written(values):
    """The values as texts; whole numbers without a fraction."""
    texts = values.cast(pl.String)
    return texts.str.strip_suffix(".0") if values.dtype.is_float() else texts'''

CLEAN = '''def clean(frame, columns=None, trim=False, replace=(), case=None, empty_is_missing=False, split=(), join=(),
          cast=(), remove_duplicates=False, handle_missing=None, outliers=None, outlier_method="iqr",
          outlier_factor=None, normalize=None):
    """Texts brought into form, then duplicates, missing values, outliers and scales, in this order."""

    def about(fits):
        """The columns that a part of the cleaning is about."""
        return [name for name, kind in frame.schema.items() if fits(kind) and (columns is None or name in columns)]

    def present(name):
        return pl.col(name).fill_nan(None) if frame.schema[name].is_float() else pl.col(name)

    def numbers(name):
        values = frame[name].drop_nulls().cast(pl.Float64)
        return values.filter(values.is_finite())

    texts = about(lambda kind: kind == pl.String)
    if trim:
        frame = frame.with_columns(pl.col(name).str.strip_chars() for name in texts)
    for one in replace:
        for name in one.get("columns") or [name for name, kind in frame.schema.items() if kind == pl.String]:
            value, find, exact = pl.col(name), one.get("find"), not one.get("pattern", False)
            if one.get("values"):
                to = pl.Series(list(one["values"].values()), dtype=pl.String)
                made = value.replace(list(one["values"]), to)
            elif one.get("with", "") is None:
                made = pl.when(~value.str.contains(find, literal=exact)).then(value)
            else:
                made = value.str.replace_all(find, one.get("with", ""), literal=exact)
            frame = frame.with_columns(made.alias(name))
    if case:
        change = {"lower": "to_lowercase", "upper": "to_uppercase", "title": "to_titlecase"}[case]
        frame = frame.with_columns(getattr(pl.col(name).str, change)() for name in texts)
    if empty_is_missing:
        frame = frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in texts)
    for one in split:
        parts = pl.col(one["column"]).str.splitn(one["separator"], len(one["into"]))
        made = [parts.struct.field(f"field_{place}") for place in range(len(one["into"]))]
        made = [part.str.strip_chars() for part in made] if trim else made
        made = [pl.when(part != "").then(part) for part in made] if empty_is_missing else made
        made = [part.alias(name) for part, name in zip(made, one["into"])]
        order = []
        for name in frame.columns:
            order += [pl.col(name)] if name != one["column"] or one.get("keep") else []
            order += made if name == one["column"] else []
        frame = frame.select(order)
    for one in join:
        parts = pl.DataFrame([as_written(frame[name]) for name in one["columns"]])
        some = pl.any_horizontal(pl.all().is_not_null())
        text = pl.when(some).then(pl.concat_str(pl.all(), separator=one.get("separator", " "), ignore_nulls=True))
        made = parts.select(text.alias(one["name"]))
        frame = frame.drop([] if one.get("keep") else one["columns"]).hstack(made)
    frame = frame.with_columns(cast)
    if remove_duplicates:
        some = None if remove_duplicates is True else list(remove_duplicates)
        frame = frame.unique(some, keep="first", maintain_order=True)
    if handle_missing == "drop":
        there = [present(name).is_not_null() for name in about(lambda kind: kind != pl.Null)]
        frame = frame.filter(pl.all_horizontal(there)) if there else frame
    elif handle_missing in ("ffill", "bfill"):
        fill = "forward_fill" if handle_missing == "ffill" else "backward_fill"
        frame = frame.with_columns(getattr(present(name), fill)() for name in about(lambda kind: kind != pl.Null))
    elif handle_missing == "mode":
        for name in about(lambda kind: kind != pl.Null and not kind.is_nested()):
            values = frame.select(present(name)).to_series().drop_nulls()
            if len(values):
                frame = frame.with_columns(present(name).fill_null(pl.lit(values.mode().sort()[0])))
    elif handle_missing in ("mean", "median", "zero"):
        for name in about(lambda kind: kind.is_numeric()):
            value = 0 if handle_missing == "zero" else getattr(numbers(name), handle_missing)()
            if value is not None:
                value = round(value) if frame.schema[name].is_integer() else value
                frame = frame.with_columns(present(name).fill_null(pl.lit(value).cast(frame.schema[name])))
    elif handle_missing is not None:
        value = handle_missing["value"] if isinstance(handle_missing, dict) else handle_missing
        of = {bool: pl.Boolean, str: pl.String}.get(type(value))
        for name in about(lambda kind: kind == of if of else kind.is_numeric()):
            if not frame.schema[name].is_integer() or value == int(value):
                frame = frame.with_columns(present(name).fill_null(pl.lit(value).cast(frame.schema[name])))
    found = {}
    for name in about(lambda kind: kind.is_numeric()) if outliers else ():
        values = numbers(name)
        if outlier_method == "iqr":
            low, high = (values.quantile(share, "linear") for share in (0.25, 0.75))
            reach = (outlier_factor or 1.5) * ((high or 0) - (low or 0))
        else:
            low = high = values.mean()
            reach = (outlier_factor or 3) * (values.std() or 0)
        if reach:
            found[name] = low - reach, high + reach
    if outliers == "drop" and found:
        inside = [present(name).is_between(*ends).fill_null(True) for name, ends in found.items()]
        frame = frame.filter(pl.all_horizontal(inside))
    elif outliers == "clip":
        for name, (low, high) in found.items():
            whole, value = frame.schema[name].is_integer(), present(name)
            ends = (math.ceil(low), math.floor(high)) if whole else (low, high)
            least, most = (pl.lit(end).cast(frame.schema[name]) for end in ends)
            made = pl.when(value < low).then(least).when(value > high).then(most).otherwise(pl.col(name))
            frame = frame.with_columns(made.alias(name))
    for name in about(lambda kind: kind.is_numeric()) if normalize else ():
        values = numbers(name)
        if len(values):
            zero = values.min() if normalize == "minmax" else values.mean()
            unit = values.max() - zero if normalize == "minmax" else values.std()
            frame = frame.with_columns((pl.col(name).cast(pl.Float64) - zero) / (unit or 1))
    return frame'''

_VALIDATE = '''def validate(frame, number, schema, on_error="fail"):
    """Holds rows to rules, and lists every value that breaks one in a file of rejects."""

    def moments(values, dates=None):
        """Dates and times in UTC, null where there is none."""
        if values.dtype != pl.String:
            return values.cast(pl.Datetime("us"))
        if dates:
            return values.str.to_datetime(dates, strict=False).dt.replace_time_zone(None)
        texts, found = values.str.replace(" ", "T", literal=True), None
        for form in ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
            kind = pl.Datetime("us", "UTC") if form.endswith("z") else pl.Datetime("us")
            made = texts.str.strptime(kind, form, strict=False).dt.replace_time_zone(None)
            found = made if found is None else found.zip_with(found.is_not_null(), made)
        return found

    def fits(what, values, dates):
        kind, text = values.dtype, values.dtype == pl.String
        yes = pl.repeat(True, len(values), eager=True)
        if what == "string":
            return ~yes if kind.is_nested() or kind == pl.Binary else yes
        if what == "integer" and kind.is_float():
            return (values == values.floor()) & values.is_finite()
        if what == "integer":
            return values.str.contains(IS_INTEGER) if text else yes if kind.is_integer() else ~yes
        if what in ("number", "float"):
            if kind.is_float():
                return values.is_finite()
            return values.str.contains(IS_NUMBER) if text else yes if kind.is_numeric() else ~yes
        if what == "boolean" and kind != pl.Boolean:
            return values.str.contains("^(?i:true|false|1|0)$") if text else values.is_in([0, 1])
        if what == "boolean":
            return yes
        if what == "date" and text:
            plain = yes if dates else values.str.contains(r"^\\d{4}-\\d\\d-\\d\\d$")
            return plain & values.str.strptime(pl.Date, dates or "%Y-%m-%d", strict=False).is_not_null()
        if what in ("date", "datetime"):
            return moments(values, dates).is_not_null() if text or kind.is_temporal() else ~yes
        return values.str.contains(KINDS[what]) if text else ~yes

    def outside(values, which, bound, rule, dates):
        day = isinstance(bound, str) and len(bound) == 10
        if isinstance(bound, str):
            found, limit = moments(values, dates), moments(pl.Series([bound]))[0]
        else:
            plain = values.dtype != pl.String
            found = values if plain else values.set(~values.str.contains(IS_NUMBER), None).cast(pl.Float64)
            limit = bound
        if which == "max" and day:
            bad = found >= limit + timedelta(days=1)
        else:
            bad = found < limit if which == "min" else found > limit
        lost = values.is_not_null() & found.is_null() & (rule.get("type") is None)
        return bad.fill_null(False) | lost

    faults, failed = [], pl.repeat(False, frame.height, eager=True)
    for name in (name for name in frame.columns if name in schema):
        rule, values = schema[name], frame[name]
        texts, form = as_written(values) if not values.dtype.is_nested() else values, rule.get("format")
        form = "datetime" if form == "date-time" else form
        dates = form if form and "%" in form else None
        told = {}
        if rule.get("required"):
            told["required"] = values.is_null() | (texts == "") if values.dtype == pl.String else values.is_null()
        if rule.get("type"):
            told["type"] = values.is_not_null() & ~fits(rule["type"], values, dates).fill_null(False)
        if form and form != rule.get("type") and not (dates and rule.get("type") in ("date", "datetime")):
            told["format"] = values.is_not_null() & ~fits("datetime" if dates else form, values, dates).fill_null(False)
        if rule.get("pattern"):
            told["pattern"] = ~texts.str.contains(rule["pattern"])
        if rule.get("enum"):
            numeric = values.dtype.is_numeric()
            told["enum"] = ~(values if numeric else texts).is_in([one if numeric else str(one) for one in rule["enum"]])
        for which in ("min", "max"):
            if rule.get(which) is not None:
                told[which] = outside(values, which, rule[which], rule, dates)
        sizes = values.list.len() if values.dtype == pl.List else texts.str.len_chars()
        if rule.get("min_length") is not None:
            told["min_length"] = sizes < rule["min_length"]
        if rule.get("max_length") is not None:
            told["max_length"] = sizes > rule["max_length"]
        if rule.get("unique"):
            told["unique"] = values.is_not_null() & ~values.is_first_distinct()
        for what, bad in told.items():
            bad = bad.fill_null(False)
            if what not in ("required", "unique") and "required" in told:
                bad &= ~told["required"]
            failed |= bad
            at = bad.arg_true()
            found = pl.DataFrame({"row": at + 1, "value": as_written(values.gather(at))})
            found = found.with_columns(pl.lit(name).alias("column"), pl.lit(what).alias("rule"))
            faults.append(found.select("row", "column", "value", "rule"))
    for name in (name for name, rule in schema.items() if name not in frame.columns and rule.get("required")):
        if on_error != "report":
            raise SystemExit(f"There is no column {name}, which is required.")
        print(f"There is no column {name}, which is required.")
    if failed.any():
        listed = pl.concat(faults, how="vertical_relaxed").sort("row", maintain_order=True)
        listed.write_csv(f"rejects-{number}.csv")
        print(f"{failed.sum():,} rows break a rule: see rejects-{number}.csv")
        if on_error == "fail":
            raise SystemExit(1)
    return frame.filter(~failed) if on_error == "drop" else frame'''

VALIDATE = filled(_VALIDATE, IS_INTEGER=repr(INTEGER), IS_NUMBER=repr(NUMBER), KINDS="PATTERNS")
PATTERNS_OF_KINDS = (
    "PATTERNS = {\n" + "".join(f"    {name!r}: {pattern!r},\n" for name, pattern in PATTERNS.items()) + "}"
)
ASK = '''def ask(frame, query, timeout, memory_limit):
    """DuckDB's answer to a query over the table `input`."""
    with tempfile.TemporaryDirectory() as folder:
        given, answer = f"{folder}/given.parquet", f"{folder}/answer.parquet"
        frame.write_parquet(given)
        base = duckdb.connect(config={"memory_limit": f"{memory_limit}MiB"})
        base.read_parquet(given).create_view("input")
        clock = threading.Timer(timeout, base.interrupt)
        clock.start()
        base.sql(query).write_parquet(answer)
        clock.cancel()
        base.close()
        return pl.read_parquet(answer)'''


@dataclass
class Needed:
    """What the lines of a script call, in the order it is to stand there."""

    imports: set[str] = field(default_factory=set)
    constants: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)


def needed(lines: str) -> Needed:
    """For the calls of these functions in `lines`."""
    found = Needed()
    if "= clean(" in lines or "= validate(" in lines:
        found.functions.append(AS_WRITTEN)
    if "= clean(" in lines:
        found.imports.add("import math")
        found.functions.append(CLEAN)
    if "= validate(" in lines:
        found.imports.add("from datetime import timedelta")
        found.constants.append(PATTERNS_OF_KINDS)
        found.functions.append(VALIDATE)
    if "= ask(" in lines:
        found.imports |= {"import duckdb", "import tempfile", "import threading"}
        found.functions.append(ASK)
    return found
