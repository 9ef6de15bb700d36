"""Where faults are written down: what the server does under a name, and what may come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from raw_server import Act

Outcome = Literal["error", "whole", "format"]
"""`error`: never data. `whole`: odd but harmless, the data must be right. `format`: HTTP alone cannot tell that the
body is not what it should be; whoever reads its format has to refuse it."""


@dataclass(frozen=True)
class Fault:
    """What the server does, and what may come of it. `endless` faults last until the client's deadline."""

    act: Act
    outcome: Outcome
    endless: bool = False


FAULTS: dict[str, Fault] = {}


def fault(outcome: Outcome, endless: bool = False) -> Callable[[Act], Act]:
    """Put a function among the faults under its own name."""

    def add(act: Act) -> Act:
        FAULTS[act.__name__] = Fault(act, outcome, endless)
        return act

    return add
