"""Faults in the head of an answer, from harmless early hints to endless ones."""

from __future__ import annotations

from fault_book import fault
from raw_server import Wire, head


@fault("whole")
def early_hints(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 20)
    wire.answer(wire.body)


@fault("error", endless=True)
def early_hints_flood(wire: Wire) -> None:
    while not wire.server.closing.is_set():
        wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 50)
        wire.wait(0.01)


@fault("whole")
def header_large(wire: Wire) -> None:
    wire.answer(wire.body, "X-Large: " + "a" * 60_000)


@fault("error")
def header_huge(wire: Wire) -> None:
    wire.answer(wire.body, "X-Huge: " + "a" * 5_000_000)
    wire.cut()


@fault("error")
def headers_many(wire: Wire) -> None:
    wire.answer(wire.body, *(f"X-{i}: {i}" for i in range(5000)))
    wire.cut()


@fault("error")
def header_folded(wire: Wire) -> None:
    wire.answer(wire.body, "X-Folded: a\r\n b")
    wire.cut()


@fault("error")
def header_injected(wire: Wire) -> None:
    wire.answer(wire.body, "X-Injected: a\rSet-Cookie: b")
    wire.cut()


@fault("error")
def header_nul(wire: Wire) -> None:
    wire.answer(wire.body, "X-Nul: a\0b")
    wire.cut()


@fault("whole")
def header_latin(wire: Wire) -> None:
    wire.answer(wire.body, "X-Latin: \xe4", "X-Plain: yes")


@fault("error")
def no_http(wire: Wire) -> None:
    wire.send(b"220 mail.example.com ESMTP\r\n")
    wire.cut()


@fault("error")
def old_http(wire: Wire) -> None:
    wire.send(wire.body)
    wire.cut()


@fault("error")
def status_nonsense(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n")
    wire.cut()


@fault("error")
def status_999(wire: Wire) -> None:
    wire.answer(wire.body, status="999 Odd")


@fault("error")
def switching(wire: Wire) -> None:
    wire.send(head("Upgrade: other", "Connection: upgrade", status="101 Switching Protocols") + wire.body)
    wire.cut()


@fault("whole")
def http_1_0(wire: Wire) -> None:
    wire.send(head(f"Content-Length: {len(wire.body)}", kind=wire.kind).replace(b"HTTP/1.1", b"HTTP/1.0") + wire.body)
    wire.cut()
