"""What a server is told at its start: where it listens, who may ask, and what a request may cost."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field

from hedgerow.errors import InputError

MIN_TOKEN = 16  # characters: a shorter token can be guessed
_ORIGIN = re.compile(r"https?://[^/\s*?#]+")
_ANY_ADDRESS = {"0.0.0.0", "::", ""}


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one request may cost, and all requests together.

    `body_bytes` are those of one request, `sentences` those of one answer, and `explained` those of an answer that are
    explained. `requests` and `waiting_bytes` are of all requests that are being answered: more get 503.
    """

    body_bytes: int = 10 * 2**20
    unpacked_bytes: int = 50 * 2**20
    pages: int = 1000
    read_seconds: float = 30.0
    sentences: int = 20_000
    explained: int = 64
    requests: int = 256
    waiting_bytes: int = 256 * 2**20

    @property
    def labelled_bytes(self) -> int:
        """The bytes of a request that brings labelled rows back, which are longer than their text.

        There is room for two such requests, unless one text may fill it.
        """
        return max(self.body_bytes, min(10 * self.body_bytes, self.waiting_bytes // 2))


@dataclass(frozen=True, slots=True)
class Times:
    """How long the server waits, in seconds.

    `body` is for all of a request's body, `idle` for the next piece of a stream, and for a client to take a piece of an
    answer. `answer` is for one answer, and `stop` for the requests that are being answered when the server is to stop.
    """

    body: float = 30.0
    idle: float = 60.0
    answer: float = 120.0
    stop: float = 60.0


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a server.

    Parameters
    ----------
    models : tuple of str
        Names or folders; the first one answers requests that name none.
    host, port : str, int
        Where it listens.
    allow_hosts : tuple of str
        Names by which it may be asked, beside its own address and those of the loopback interface.
    allow_origins : tuple of str
        Origins of other sites whose pages may ask it, such as "https://example.org".
    token : str, optional
        What a program or a person must know; without one the server listens on the loopback interface only.
    """

    models: tuple[str, ...] = ("base",)
    host: str = "127.0.0.1"
    port: int = 8000
    allow_hosts: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    token: str | None = field(default=None, repr=False)
    capacity: Capacity = field(default_factory=Capacity)
    times: Times = field(default_factory=Times)

    def __post_init__(self) -> None:
        """Check what can be checked before a model is loaded."""
        if self.token is not None and len(self.token) < MIN_TOKEN:
            raise InputError(
                f"HEDGEROW_TOKEN has {len(self.token)} characters; give it {MIN_TOKEN} or more, for example the output "
                "of: openssl rand -hex 24"
            )
        if self.token is not None and not (self.token.isascii() and self.token.isprintable() and " " not in self.token):
            raise InputError("HEDGEROW_TOKEN has a space or a character outside ASCII; use letters and digits")
        for origin in self.allow_origins:
            if not _ORIGIN.fullmatch(origin):
                raise InputError(
                    f"--allow-origin {origin}: no origin; give scheme and host, such as https://example.org"
                )
        for name in self.allow_hosts:
            if not name or any(mark in name for mark in "/* "):
                raise InputError(f"--allow-host {name!r}: no host name; give one such as hedgerow.example.org")
            if ":" in name and not _is_address(name):
                bare = name.rpartition(":")[0]
                raise InputError(f"--allow-host {name!r}: a host name without a port; give {bare or 'the name'}")
        if self.capacity.body_bytes > self.capacity.waiting_bytes:
            raise InputError(
                f"--max-bytes {self.capacity.body_bytes}: more than all requests may have together; give "
                f"{self.capacity.waiting_bytes} or less"
            )
        if self.token is None and not is_loopback(self.host):
            raise InputError(
                f"--host {self.host}: others could reach the server, and there is no token; set HEDGEROW_TOKEN to "
                f"{MIN_TOKEN} or more characters, or leave out --host"
            )

    @property
    def hosts(self) -> frozenset[str]:
        """The names by which the server may be asked, in lower case, without ports."""
        own = () if self.host in _ANY_ADDRESS else (bracketed(self.host),)
        names = ("localhost", "127.0.0.1", "[::1]", *own, *map(bracketed, self.allow_hosts))
        return frozenset(name.lower() for name in names)


def _is_address(name: str) -> bool:
    """Return whether a name is an address of version 6, in brackets or not."""
    try:
        return ipaddress.ip_address(name.removeprefix("[").removesuffix("]")).version == 6
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def bracketed(host: str) -> str:
    """Return an address as a URL has it: version 6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
