"""The faults of web servers by name: `/NAME?as=csv` commits one, and `FAULTS` says what may come of it."""

from __future__ import annotations

import gzip
import ssl
from functools import partial

import fault_codings  # noqa: F401 - each of the two adds its faults
import fault_heads  # noqa: F401
from fault_book import FAULTS, Fault, fault
from fault_codings import CODINGS, CUTS, packed
from raw_server import BODIES, RECORDS, Asked, RawServer, Wire, head, reply

__all__ = [
    "BODIES",
    "CODINGS",
    "CUTS",
    "FAULTS",
    "RECORDS",
    "Asked",
    "Fault",
    "FaultServer",
    "RawServer",
    "Wire",
    "head",
    "in_chunks",
    "packed",
    "reply",
]

LOGIN = b"<!doctype html><html><title>Sign in</title><form action=/login><input type=password></form></html>"


class FaultServer(RawServer):
    """A raw server whose paths are the faults; `script` adds more."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__({name: fault.act for name, fault in FAULTS.items()}, context)


# --- answers that are right, to compare with


@fault("whole")
def ok(wire: Wire) -> None:
    wire.answer(wire.body)


@fault("whole")
def chunked(wire: Wire) -> None:
    wire.send(head("Transfer-Encoding: chunked", kind=wire.kind) + in_chunks(wire.body) + b"0\r\n\r\n")


def in_chunks(data: bytes, size: int = 700) -> bytes:
    parts = (data[i : i + size] for i in range(0, len(data), size))
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


# --- bodies that are cut, or whose length is a lie


def _cut(share: float, wire: Wire) -> None:
    kept = int(len(wire.body) * share)
    wire.send(head(f"Content-Length: {len(wire.body)}", kind=wire.kind) + wire.body[:kept])
    wire.cut()


for percent in (0, 50, 99):
    FAULTS[f"cut_{percent}"] = Fault(partial(_cut, percent / 100), "error")


@fault("error")
def length_long(wire: Wire) -> None:
    wire.send(head(f"Content-Length: {len(wire.body) + 10}", kind=wire.kind) + wire.body)
    wire.cut()


@fault("error")
def length_short(wire: Wire) -> None:
    wire.send(head(f"Content-Length: {len(wire.body) - 10}", kind=wire.kind) + wire.body)


@fault("error")
def length_twice(wire: Wire) -> None:
    lengths = (f"Content-Length: {len(wire.body)}", f"Content-Length: {len(wire.body) // 2}")
    wire.send(head(*lengths, kind=wire.kind) + wire.body)


@fault("error")
def length_negative(wire: Wire) -> None:
    wire.send(head("Content-Length: -1", kind=wire.kind) + wire.body)
    wire.cut()


@fault("error")
def length_nonsense(wire: Wire) -> None:
    wire.send(head("Content-Length: many", kind=wire.kind) + wire.body)
    wire.cut()


@fault("error")
def length_huge(wire: Wire) -> None:
    wire.send(head("Content-Length: 99999999999999999", kind=wire.kind) + wire.body)
    while not wire.server.closing.is_set():
        wire.send(bytes(1 << 16))


@fault("format")
def no_length_cut(wire: Wire) -> None:
    wire.send(head("Connection: close", kind=wire.kind) + wire.body[: len(wire.body) // 2])
    wire.cut()


@fault("whole")
def no_length(wire: Wire) -> None:
    wire.send(head("Connection: close", kind=wire.kind) + wire.body)
    wire.cut()


@fault("error")
def chunk_cut(wire: Wire) -> None:
    wire.send(head("Transfer-Encoding: chunked", kind=wire.kind) + in_chunks(wire.body)[:-100])
    wire.cut()


@fault("error")
def chunks_without_end(wire: Wire) -> None:
    wire.send(head("Transfer-Encoding: chunked", kind=wire.kind) + in_chunks(wire.body))
    wire.cut()


@fault("error")
def chunk_size_bad(wire: Wire) -> None:
    wire.send(head("Transfer-Encoding: chunked", kind=wire.kind) + b"zz\r\n" + wire.body + b"\r\n0\r\n\r\n")
    wire.cut()


@fault("error")
def chunk_size_overflow(wire: Wire) -> None:
    wire.send(head("Transfer-Encoding: chunked", kind=wire.kind) + b"f" * 40 + b"\r\n" + wire.body)
    wire.cut()


@fault("error")
def chunk_size_too_small(wire: Wire) -> None:
    wire.send(head("Transfer-Encoding: chunked", kind=wire.kind) + b"5\r\n" + wire.body + b"\r\n0\r\n\r\n")
    wire.cut()


@fault("error")
def transfer_unknown(wire: Wire) -> None:
    wire.send(head("Transfer-Encoding: scrambled", kind=wire.kind) + wire.body)
    wire.cut()


@fault("error")
def transfer_gzip(wire: Wire) -> None:
    data = gzip.compress(wire.body)
    wire.send(head("Transfer-Encoding: gzip, chunked", kind=wire.kind) + in_chunks(data) + b"0\r\n\r\n")


# --- time and connections


@fault("error", endless=True)
def dripped_head(wire: Wire) -> None:
    wire.drip(head(f"Content-Length: {len(wire.body)}", kind=wire.kind) * 40)


@fault("error", endless=True)
def dripped_body(wire: Wire) -> None:
    wire.send(head(f"Content-Length: {len(wire.body)}", kind=wire.kind))
    wire.drip(wire.body)


@fault("error", endless=True)
def stall(wire: Wire) -> None:
    wire.stall()


def _stall_at(share: float, wire: Wire) -> None:
    wire.send(head(f"Content-Length: {len(wire.body)}", kind=wire.kind) + wire.body[: int(len(wire.body) * share)])
    wire.stall()


for percent in (0, 50, 99):
    FAULTS[f"stall_{percent}"] = Fault(partial(_stall_at, percent / 100), "error", endless=True)


@fault("error")
def closed(wire: Wire) -> None:
    wire.cut()


@fault("error")
def reset(wire: Wire) -> None:
    wire.reset()


@fault("error")
def reset_in_body(wire: Wire) -> None:
    wire.send(head(f"Content-Length: {len(wire.body)}", kind=wire.kind) + wire.body[:50])
    wire.reset()


@fault("whole")
def closed_after(wire: Wire) -> None:
    """Keep-alive is promised, and the connection closed all the same."""
    wire.answer(wire.body, "Connection: keep-alive")
    wire.cut()


# --- answers that are right as HTTP and not what was asked for


@fault("format")
def login_page(wire: Wire) -> None:
    wire.answer(LOGIN, kind="text/html")


@fault("format")
def charset_wrong(wire: Wire) -> None:
    """Latin-1 that calls itself UTF-8."""
    wire.answer(wire.body.decode("utf-8", "replace").encode("latin-1", "replace"), kind=wire.kind)


@fault("whole")
def nothing_204(wire: Wire) -> None:
    wire.send(head(f"Content-Length: {len(wire.body)}", status="204 No Content") + wire.body)
    wire.cut()
