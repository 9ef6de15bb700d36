"""Says where a redirect may lead, since nothing but ourselves may decide where a request and its credentials go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fetchtozip_gui.core.errors import PageFailed, PagingError
from fetchtozip_gui.core.http.address import Address, address, is_local, joined, without_values
from fetchtozip_gui.core.http.statuses import named
from fetchtozip_gui.core.http.veil import Veil

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 10


class Borders:
    """Which origin the credentials belong to, and which other hosts may be asked without them.

    `home` is the origin of the first request; https of the same host on the usual ports belongs to it, since a
    source that answers http with a redirect to https is the same one, and the way there only got safer.
    """

    def __init__(self, allow_hosts: tuple[str, ...], home: Address | None = None) -> None:
        self._allowed = frozenset(_normal(host) for host in allow_hosts)
        self.home = home

    def is_home(self, address: Address) -> bool:
        home = self.home
        if home is None:
            return False
        if address.origin == home.origin:
            return True
        same_host = address.host == home.host
        return same_host and (home.scheme, home.port, address.scheme, address.port) == ("http", 80, "https", 443)

    def is_allowed(self, address: Address) -> bool:
        return address.host in self._allowed or f"{address.host}:{address.port}" in self._allowed

    def leads_inside(self, address: Address) -> bool:
        """Whether a source out there points at this machine or its network."""
        return self.home is not None and not is_local(self.home.host) and is_local(address.host)


def _normal(host: str) -> str:
    """A host, with its port where one is written, as addresses spell it."""
    try:
        found = address(f"http://{host}")
    except ValueError:
        return host.lower()
    port = host.rpartition(":")[2]
    return f"{found.host}:{port}" if port.isdecimal() and not host.endswith("]") else found.host


@dataclass(slots=True)
class Trail:
    """One attempt's way through redirects: where it is and where it has been. `page` and `where` are for errors.

    - At most 10 redirects, none to an address already seen.
    - Never from https to http, and never from a public host to a private one that `allow_hosts` does not name.
    - To another host only a GET without a body goes on, and it takes no credentials; values we know to be secret are
      taken out of the address, and where that is not enough it is refused.
    - 301 and 302 do not turn a POST into a GET, as browsers do: the data would be another. 303 does, as it must;
      307 and 308 repeat the POST at the same origin.
    """

    borders: Borders
    where: object
    page: int
    veil: Callable[[], Veil]
    here: Address
    method: str
    body: bytes | None
    seen: list[str] = field(default_factory=list)

    def follow(self, status: int, location: str | None) -> None:
        """Go where the answer points; `PageFailed` when that is not possible or not allowed."""
        target = self._target(status, location)
        self.seen.append(self.here.text)
        if target.text in self.seen:
            raise self._error(status, f"in a circle, back to {self._shown(target)}", "Check source.url and auth.")
        if len(self.seen) > MAX_REDIRECTS:
            raise self._error(status, f"more than {MAX_REDIRECTS} times", "Check source.url.")
        if self.here.secure and not target.secure:
            hint = "What is sent there can be read on the way; if that is meant, write that address into source.url."
            raise self._error(status, f"from https to plain {self._shown(target)}", hint)
        self._change_method(status, target)
        if not self.borders.is_home(target):
            target = self._abroad(status, target)
        self.here = target

    def _target(self, status: int, location: str | None) -> Address:
        if not location:
            raise PageFailed(
                f"{self.where} answered {named(status)} without an address that can be read.",
                "Check source.url.",
                page=self.page,
                status=status,
            )
        reason = ""
        try:
            return joined(self.here, location)
        except ValueError as error:
            reason = self.veil().cover(str(error))
        raise self._error(status, f"to an address that cannot be followed: {reason}", "Check source.url.")

    def _change_method(self, status: int, target: Address) -> None:
        if status == 303:
            self.method, self.body = "GET", None
        elif status in (301, 302) and self.method not in ("GET", "HEAD"):
            hint = "Write that address into source.url: a redirected POST would lose its body."
            raise self._error(status, f"a {self.method} to {self._shown(target)}", hint)

    def _abroad(self, status: int, target: Address) -> Address:
        if self.method not in ("GET", "HEAD") or self.body is not None:
            hint = "A body is not sent to another host; write that address into source.url if it is the right one."
            raise self._error(status, f"a {self.method} to another host, {self._shown(target)}", hint)
        if self.borders.leads_inside(target) and not self.borders.is_allowed(target):
            hint = f"If that is meant, name {target.host} in source.allow_hosts."
            raise self._error(status, f"into a private network, {self._shown(target)}", hint)
        veil = self.veil()
        text = without_values(target.text, veil.secrets)
        if veil.shows(text):
            raise self._error(
                status,
                f"to another host with our credentials in the address, {self._shown(target)}",
                "Ask the operator of the source, or write that address into source.url.",
            )
        return Address(text, target.origin, target.scheme, target.host, target.port)

    def _shown(self, target: Address) -> str:
        return self.veil().cover_url(target.text)

    def _error(self, status: int, how: str, hint: str) -> PageFailed:
        return PageFailed(f"{self.where} was redirected {how}.", hint, page=self.page, status=status)


def foreign(where: object, target: Address, borders: Borders) -> PagingError:
    """The refusal of a page that lies at another origin than the first one."""
    same_host = borders.home is not None and borders.home.host == target.host
    what = "uses another scheme or port than" if same_host else "is on another host than"
    return PagingError(
        f"{where} {what} the source's first page.",
        f"If that is meant, name {target.host} in source.allow_hosts; no credentials are sent there.",
    )
