"""Words what Polars says while a step runs."""

from __future__ import annotations

import re

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.lookup import listed, meant

_CONVERSION = re.compile(
    r"conversion from `(.+?)` to `(.+?)` failed in column '(.*)' for (\d+) out of (\d+) values: \[(.*?)\](?=\n|$)",
    re.DOTALL,
)
_MISSING = re.compile(r'unable to find column "(.*?)"; valid columns: \[(.*?)\]', re.DOTALL)
_NO_CONDITION = re.compile(r"filter predicate must be of type `Boolean`, got `(.+?)`")
_OVERFLOW = re.compile(r"conversion from `(?:i128|u128)` to `i64` failed")


def translate(error: Exception, field: str = "") -> StepError:
    """The error of a step in this program's words: of `apply`, or of the run of the frame that it gave.

    `field` is the recipe's field that the words begin with, where it is known.
    """
    if isinstance(error, StepError):
        return error
    at = f"{field}: " if field else ""
    text = str(error)
    if _OVERFLOW.search(text):
        return StepError(
            f"{at}a sum does not fit a 64-bit integer.", "Give the column the type float or decimal before it."
        )
    if found := _CONVERSION.search(text):
        of, to, column, bad, of_all, examples = found.groups()
        return StepError(
            f"{at}{int(bad):,} of {int(of_all):,} values of column `{column}` cannot become {to}, such as {examples}.",
            f"They are {of}; filter them out, or use TRY_CAST, which makes them null.",
        )
    if found := _MISSING.search(text):
        names = re.findall(r'"((?:[^"\\]|\\.)*)"', found[2])
        return StepError(f"{at}there is no column `{found[1]}`; there are {listed(names)}.", meant(found[1], names))
    if found := _NO_CONDITION.search(text):
        return StepError(
            f"{at}a condition is true or false, and this is {found[1].lower()}.", "Compare it, as in `quantity > 0`."
        )
    if "should participate in the GROUP BY" in text:
        return StepError(
            f"{at}a value of all rows stands beside a value of one row.",
            "Write `OVER ()` after it: sum(price) OVER ().",
        )
    return StepError(f"{at}{text.partition(chr(10) + chr(10))[0].strip().rstrip('.')}.")
