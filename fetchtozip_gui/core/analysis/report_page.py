"""A report as one HTML page that needs nothing else: pictures are SVG in it, colours follow the reader's theme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from fetchtozip_gui.core.analysis.correlate import Correlation
from fetchtozip_gui.core.analysis.counts import Category
from fetchtozip_gui.core.analysis.describe import Description
from fetchtozip_gui.core.analysis.distribution import Distribution
from fetchtozip_gui.core.analysis.missing import Missing
from fetchtozip_gui.core.analysis.outliers import Outliers
from fetchtozip_gui.core.analysis.report import Report

SUFFIXES = (".html", ".htm", ".json")
"""What the name of a report can end in."""
MOST_COLUMNS = 300
"""Columns that get a picture of their own; the JSON report has all."""
_WIDTH, _HEIGHT, _CELL = 320, 96, 34
_PATTERNS = 12
_ABOVE = 64
"""For the names above a map."""
_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --card: #f6f7f9; --ink: #1c2430; --soft: #5a6675; --line: #d5dae1;
  --bar: #2f6fb3; --warm: #b3492f; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --card: #1d232a; --ink: #e6eaf0; --soft: #a0acba;
  --line: #36404c; --bar: #6fa8e0; --warm: #e08d6f; } }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 0 0 .4rem; overflow-wrap: anywhere; }
p, small { color: var(--soft); }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .9rem; }
table { border-collapse: collapse; width: 100%; max-width: 34rem; font-variant-numeric: tabular-nums; }
td { padding: .15rem .6rem .15rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td + td { text-align: right; } .wide { overflow-x: auto; } svg { max-width: 100%; }
rect { fill: var(--bar); } .warm { fill: var(--warm); } .frame { fill: none; stroke: var(--line); }
text { fill: var(--ink); font: 11px system-ui, sans-serif; } .soft { fill: var(--soft); }
"""
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{style}</style></head><body>
{body}
</body></html>
"""


def document(report: Report, suffix: str) -> str:
    """The report as a file with this suffix holds it: JSON, else the page."""
    return report.json() if suffix.lower() == ".json" else page(report)


def page(report: Report) -> str:
    """The whole page. Whatever the data holds is text in it, and nothing in it runs."""
    parts = [
        f"<h1>{_text(report.title)}</h1>",
        f"<p>{report.rows:,} rows, {len(report.columns):,} columns · {report.made_at:%Y-%m-%d %H:%M %Z}</p>",
        *_missing(report.missing),
        *_correlation(report.correlation),
        *_columns(report),
    ]
    return _PAGE.format(title=_text(report.title), style=_STYLE, body="\n".join(parts))


# --- columns ----------------------------------------------------------------------------------------------------


def _columns(report: Report) -> Iterator[str]:
    spread = {found.name: found for found in report.distributions}
    counted = {found.name: found for found in report.categories}
    far = {found.name: found for found in report.outliers}
    yield '<h2>Columns</h2><div class="cards">'
    for column in report.columns[:MOST_COLUMNS]:
        yield f'<section class="card"><h3>{_text(column.name)} <small>{_text(column.type)}</small></h3>'
        if column.name in spread:
            yield _histogram(spread[column.name])
        elif column.name in counted:
            yield _values(counted[column.name])
        yield _table(_facts(column, far.get(column.name)))
        yield "</section>"
    yield "</div>"
    if len(report.columns) > MOST_COLUMNS:
        yield f"<p>{len(report.columns) - MOST_COLUMNS:,} more columns are in the JSON report.</p>"


def _facts(column: Description, far: Outliers | None) -> Iterator[tuple[str, str]]:
    total = column.count + column.missing
    yield "missing", f"{column.missing:,}{f' ({100 * column.missing / total:.1f} %)' if column.missing else ''}"
    yield "distinct", f"{column.distinct:,}"
    # where no value is there twice, none is more frequent than another
    yield "most frequent", _shown(column.mode) if column.distinct < column.count else "–"
    yield "from … to", f"{_shown(column.min)} … {_shown(column.max)}"
    if (figures := column.figures) is None:
        return
    yield "mean · median", f"{_shown(figures.mean)} · {_shown(figures.median)}"
    yield "standard deviation", _shown(figures.std_dev)
    yield "quartiles", f"{_shown(figures.quartiles[0])} · {_shown(figures.quartiles[2])}"
    yield "skew · kurtosis", f"{_shown(figures.skew)} · {_shown(figures.kurtosis)}"
    if far is not None:
        yield "outliers, by quartiles · by deviation", f"{far.iqr.count:,} · {far.zscore.count:,}"


def _histogram(found: Distribution) -> str:
    if not found.counts:
        return "<p>No numbers that a histogram can show.</p>"
    most, step = max(found.counts), _WIDTH / len(found.counts)
    bars = []
    for number, count in enumerate(found.counts):
        height = count / most * _HEIGHT if most else 0
        words = f"{_shown(found.edges[number])} to {_shown(found.edges[number + 1])}: {count:,}"
        bars.append(
            f'<rect x="{number * step:.2f}" y="{_HEIGHT - height:.2f}" width="{max(0.5, step - 1):.2f}" '
            f'height="{height:.2f}"><title>{_text(words)}</title></rect>'
        )
    ends = (
        f'<text class="soft" x="0" y="{_HEIGHT + 14}">{_text(_shown(found.edges[0]))}</text>'
        f'<text class="soft" x="{_WIDTH}" y="{_HEIGHT + 14}" text-anchor="end">{_text(_shown(found.edges[-1]))}</text>'
    )
    return _svg(_WIDTH, _HEIGHT + 20, f"Histogram of {found.name}", [*bars, ends])


def _values(found: Category) -> str:
    if not found.top:
        return "<p>No values.</p>"
    most = found.top[0][1]
    rows = []
    for number, (value, count) in enumerate(found.top):
        y = number * 18
        rows.append(
            f'<rect x="0" y="{y + 2}" width="{count / most * _WIDTH:.2f}" height="13" fill-opacity="0.35"/>'
            f'<text x="4" y="{y + 13}">{_text(_shown(value, 34))}</text>'
            f'<text class="soft" x="{_WIDTH}" y="{y + 13}" text-anchor="end">{count:,}</text>'
        )
    return _svg(_WIDTH, len(found.top) * 18, f"Most frequent values of {found.name}", rows)


# --- the whole table --------------------------------------------------------------------------------------------


def _missing(found: Missing) -> Iterator[str]:
    share = 100 * found.complete / found.rows if found.rows else 100.0
    yield "<h2>Missing values</h2>"
    yield f"<p>{found.complete:,} of {found.rows:,} rows are complete ({share:.1f} %).</p>"
    some = [(name, count) for name, count in found.columns if count][:MOST_COLUMNS]
    if not some:
        return
    names = [name for name, _ in some][:40]
    yield '<div class="wide">'
    yield _pattern_map(found, names)
    yield "</div>"
    yield _table((name, f"{count:,} ({100 * count / found.rows:.1f} %)") for name, count in some)


def _pattern_map(found: Missing, names: Sequence[str]) -> str:
    """A row for each pattern, as tall as it is frequent among those shown; a warm cell is a missing value."""
    marks = _over(names, 0, 20)
    for row, pattern in enumerate(found.patterns[:_PATTERNS]):
        y = _ABOVE + row * 20
        for at, name in enumerate(names):
            kind = ' class="warm"' if name in pattern.columns else ' fill-opacity="0.18"'
            words = f"{name}: {'missing' if name in pattern.columns else 'there'} in {pattern.rows:,} rows"
            marks.append(
                f'<rect{kind} x="{at * 20}" y="{y}" width="18" height="18"><title>{_text(words)}</title></rect>'
            )
        marks.append(f'<text x="{len(names) * 20 + 6}" y="{y + 13}">{pattern.rows:,}</text>')
    height = _ABOVE + min(len(found.patterns), _PATTERNS) * 20
    return _svg(len(names) * 20 + 90, height, "Which columns are missing together, and in how many rows", marks)


def _correlation(found: Correlation) -> Iterator[str]:
    if len(found.columns) < 2:
        return
    yield f"<h2>Correlation <small>({found.method})</small></h2>"
    size, left = len(found.columns) * _CELL, 130
    marks = _over(found.columns, left, _CELL)
    for row, (name, line) in enumerate(zip(found.columns, found.matrix, strict=True)):
        y = _ABOVE + row * _CELL
        marks.append(f'<text x="{left - 6}" y="{y + 21}" text-anchor="end">{_text(_shown(name, 18))}</text>')
        for at, value in enumerate(line):
            kind = ' class="warm"' if value is not None and value < 0 else ""
            words = f"{name} and {found.columns[at]}: {'none' if value is None else f'{value:.3f}'}"
            marks.append(
                f'<rect{kind} x="{left + at * _CELL}" y="{y}" width="{_CELL - 2}" height="{_CELL - 2}" '
                f'fill-opacity="{abs(value or 0):.3f}"><title>{_text(words)}</title></rect>'
                f'<rect class="frame" x="{left + at * _CELL}" y="{y}" width="{_CELL - 2}" height="{_CELL - 2}"/>'
            )
    yield '<div class="wide">'
    yield _svg(left + size + 40, _ABOVE + size, "Correlation of each pair of columns", marks)
    yield "</div>"
    pairs = [pair for pair in found.pairs if pair.coefficient is not None][:10]
    yield _table((f"{pair.a} · {pair.b}", f"{pair.coefficient:.3f}") for pair in pairs)


# --- pieces -----------------------------------------------------------------------------------------------------


def _over(names: Sequence[str], left: int, step: int) -> list[str]:
    """The names of the columns of a map, slanting above it."""
    return [
        f'<text class="soft" transform="translate({left + at * step + step // 2} {_ABOVE - 6}) rotate(-45)">'
        f"{_text(_shown(name, 12))}</text>"
        for at, name in enumerate(names)
    ]


def _svg(width: float, height: float, words: str, marks: Iterable[str]) -> str:
    return (
        f'<svg role="img" aria-label="{_text(words)}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{"".join(marks)}</svg>'
    )


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"<tr><td>{_text(name)}</td><td>{_text(value)}</td></tr>" for name, value in rows)
    return f"<table>{lines}</table>"


def _shown(value: Any, longest: int = 60) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.4g}"
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return text if len(text) <= longest else f"{text[:longest]}…"


def _text(words: str) -> str:
    """Escaped; what no XML may hold is left out."""
    return escape("".join(each for each in words if each >= " " or each in "\n\t"))
