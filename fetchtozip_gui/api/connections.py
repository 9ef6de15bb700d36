"""uvicorn's connections, bounded: how many there are, how long one may say nothing, and what nonsense is answered."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import sys
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

CONNECTIONS = 200
"""At once. Systems give a process 256 open files or more; jobs and databases need some of them."""
HEAD_SECONDS = 10.0
"""For a whole head, from the connection or from its first byte on one that was kept."""
REST_SECONDS = 30.0
"""For the rest of a body that nobody reads, so that its sender sees the answer and is not cut off."""
INCOMPLETE_BYTES = 65_536
"""Of a head or a chunk's head that has not ended. The gate refuses far less, but it has to see the head to say so."""
MESSAGE_BYTES = 65_536
"""Of a WebSocket's message: the doors listen for no more than a few words."""

# the journal hears uvicorn like everybody; without one, a stranger's broken request is no news for the terminal,
# and at INFO it prints the query of every WebSocket
_uvicorn = logging.getLogger("uvicorn")
_uvicorn.addHandler(logging.NullHandler())
_uvicorn.setLevel(logging.WARNING)
for _name in ("uvicorn.error", "uvicorn.access"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class HTTPConnection(H11Protocol):
    """One that ends when its head does not come, and gives way when there are too many."""

    _timer: asyncio.TimerHandle | None = None
    waits_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._forget()
        super().handle_websocket_upgrade(event)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP in the shape of every other error."""
        error = sys.exc_info()[1]
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            # an answer is on its way already, and the rest of the request is broken
            self.transport.close()
            return
        status = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        body = json.dumps({"detail": f"request: {error or msg}"[:200]}).encode()
        headers = [
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
            ("x-content-type-options", "nosniff"),
            ("x-request-id", secrets.token_hex(8)),
            ("connection", "close"),
        ]
        answer = h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status])
        for part in (answer, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(part) or b"")
        self.transport.close()

    @property
    def waits(self) -> bool:
        """Whether no request is at work here."""
        return self.conn.their_state is h11.IDLE

    def _watch(self) -> None:
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            self._forget()
            return
        unread = self.cycle is not None and self.cycle.response_complete and self.conn.their_state is h11.SEND_BODY
        if self._timer is None and (self.waits or unread):
            self.waits_since = self.loop.time()
            self._timer = self.loop.call_later(HEAD_SECONDS if self.waits else REST_SECONDS, self._end)
        elif not (self.waits or unread):
            self._forget()

    def _forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self.transport.abort()

    def _make_room(self) -> None:
        """End the connection that has waited longest; this one, when all others are at work."""
        idle = [other for other in self.connections if isinstance(other, HTTPConnection) and other.waits]
        min(idle, key=lambda other: other.waits_since).transport.abort()


class WebSocketConnection(WebSocketsSansIOProtocol):
    """One whose end does not wait for a client that reads nothing."""

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            # a refusal in words has gone: to uvicorn that would be an application that forgot to answer
            self.handshake_complete = True

    def shutdown(self) -> None:
        super().shutdown()
        # what stands in the buffer of a client that sleeps would hold the end of the server
        self.loop.call_later(0.1, self.transport.abort)
