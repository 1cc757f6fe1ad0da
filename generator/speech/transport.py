"""Asking an online service, patiently and over a verified connection.

Certificates are always verified, redirects never followed, and every answer is bounded in time and
size. Nothing here knows what is asked, and no error repeats it.
"""

from __future__ import annotations

import datetime
import email.utils
import logging
import math
import queue
import re
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from generator import certificates
from generator.errors import ServiceError

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import HTTPAdapter

Made = TypeVar("Made")

_log = logging.getLogger(__name__)
"""Says why it waits, and never what is asked."""

_MANY_REQUESTS = 429
_NO_KEY = 401
_PASSING = frozenset({102, 103, 408, 425})
"""Interim answers, and those that ask for another try."""
_FOREVER_S = 400 * 86_400.0
_MINUTE_S = 60.0


@dataclass(frozen=True)
class Patience:
    """How often a service is asked, and how long it is waited for."""

    requests_a_minute: int = 50
    """At most so many in any minute."""
    at_once: int = 8
    """How many of them may come without a breath between; the others are evenly spread."""
    connect_s: float = 10.0
    silence_s: float = 15.0
    """Longest time without a byte."""
    answer_s: float = 40.0
    """Longest time for a whole answer, however it trickles."""
    most_bytes: int = 4_000_000
    tries: int = 5
    first_wait_s: float = 2.0
    """After the first failure; each next wait is twice as long."""
    longest_wait_s: float = 120.0
    """A service that asks for more is not waited for."""


class UnusableError(Exception):
    """An answer came, and is not what was asked for. Says what it is, never what it holds."""


@dataclass
class _TryError(Exception):
    """One try that failed."""

    what: str
    passes: bool = True
    """Whether another try may do better."""
    wait_s: float | None = None
    """How long the service asks to be left alone."""
    again: str = "in a few minutes"
    locked: bool = False
    """Whether it asks for a key, or for another."""


@dataclass
class Transport:
    """The way to one service. Time is an argument, so that tests need not wait for it."""

    host: str
    patience: Patience = Patience()
    sleep: Callable[[float], object] | None = None
    """Waits so many seconds; None waits until it is stopped."""
    clock: Callable[[], float] = time.monotonic
    key_variable: str = ""
    """What a user sets where the service asks for a key; it is named, its value never."""
    stopped: threading.Event = field(default_factory=threading.Event, repr=False)
    """Set when nobody waits for an answer any more: from then on nothing is asked."""
    _due_at_s: float = field(default=-math.inf, repr=False)

    def ask(self, request: PreparedRequest, accept: Callable[[bytes], Made]) -> Made:
        """What ``accept`` makes of the answer to a request, tried again while that may help.

        ``accept`` raises UnusableError for an answer that will not do. Raises ServiceError, which
        says when to try again, once patience is at its end.
        """
        wait_s = self.patience.first_wait_s
        for tries_left in reversed(range(self.patience.tries)):
            self._keep_budget()
            try:
                return accept(self._answer(request))
            except UnusableError as unusable:
                failure = _TryError(str(unusable))
            except _TryError as failed:
                failure = failed
            due_s = max(wait_s, failure.wait_s or 0.0)
            stopped = self.stopped.is_set()
            again = tries_left and failure.passes and due_s <= self.patience.longest_wait_s
            if stopped or not again:
                raise self._given_up(failure) from None
            _log.info("%s %s; waiting %.0f s", self.host, failure.what, due_s)
            self._wait(due_s)
            wait_s *= 2.0
        raise AssertionError("the last try gives or raises")

    def _wait(self, seconds: float) -> None:
        (self.sleep or self.stopped.wait)(seconds)

    def _given_up(self, failure: _TryError) -> ServiceError:
        if failure.wait_s and failure.wait_s > self.patience.longest_wait_s:
            return ServiceError(failure.what, where=self.host, remedy=_again_after(failure.wait_s))
        if failure.locked and self.key_variable:
            remedy = f"Set {self.key_variable} to your key there."
            return ServiceError(failure.what, where=self.host, remedy=remedy)
        tell = failure.passes or failure.again == "in an hour"
        remedy = f"Try again {failure.again}." if tell else ""
        return ServiceError(failure.what, where=self.host, remedy=remedy)

    def _keep_budget(self) -> None:
        """Wait until one more request is within the budget.

        The generic cell rate algorithm (ITU-T I.371): each request moves the time at which the next
        is due by one spacing, and it may come early by as much as a burst is worth.
        """
        patience = self.patience
        spacing_s = _MINUTE_S / (patience.requests_a_minute - patience.at_once)
        self._due_at_s = max(self._due_at_s, self.clock())
        early_s = (patience.at_once - 1) * spacing_s
        if (left_s := self._due_at_s - early_s - self.clock()) > 0.0:
            self._wait(left_s)
        self._due_at_s += spacing_s

    def _answer(self, request: PreparedRequest) -> bytes:
        """The body of the answer, or a failure: by the deadline, whatever the other side does.

        In a thread of its own, because looking up a name, shaking hands and reading headers can
        each be drawn out past any timeout there is. One that is late sends nothing more.
        """
        late = threading.Event()
        answered: queue.SimpleQueue[bytes | _TryError] = queue.SimpleQueue()

        def send() -> None:
            try:
                answered.put(self._sent(request, late))
            except _TryError as failure:
                answered.put(failure)
            except Exception as error:  # noqa: BLE001  a library's own error may quote the request
                answered.put(_TryError(f"cannot be asked ({type(error).__name__})"))

        threading.Thread(target=send, name="request", daemon=True).start()
        try:
            answer = answered.get(timeout=self.patience.answer_s)
        except queue.Empty:
            late.set()
            raise _TryError(f"took longer than {self.patience.answer_s:.0f} s to answer") from None
        if isinstance(answer, _TryError):
            raise answer
        return answer

    def _sent(self, request: PreparedRequest, late: threading.Event) -> bytes:
        import requests

        patience = self.patience
        try:
            with requests.Session() as session:
                adapter = _adapter(lambda: late.is_set() or self.stopped.is_set())
                for scheme in ("https://", "http://"):
                    session.mount(scheme, adapter)
                around = session.merge_environment_settings(
                    request.url, {}, True, certificates.trusted(), None
                )
                if str(request.url).startswith("http://"):
                    around["proxies"] = {}  # on this machine: nobody else is told in the clear
                response = session.send(
                    request,
                    timeout=(patience.connect_s, patience.silence_s),
                    allow_redirects=False,
                    **around,
                )
                with response:
                    _judge(response)
                    return self._body(response)
        except requests.exceptions.SSLError as error:
            raise _untrusted(error) from None
        except requests.exceptions.Timeout:
            raise _TryError("does not answer") from None
        except (requests.exceptions.InvalidSchema, ValueError) as error:  # of a host or a proxy
            what = f"cannot be asked ({type(error).__name__}): look at its name and HTTPS_PROXY"
            raise _TryError(what, passes=False) from None
        except requests.exceptions.RequestException as error:
            raise _TryError(f"lost the connection ({type(error).__name__})") from None
        except OSError:
            raise _TryError("cannot be verified: no certificates to read", passes=False) from None

    def _body(self, response: Response) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(16_384):
            body += chunk
            if len(body) > self.patience.most_bytes:
                raise _TryError("answers with more than a sentence can be", passes=False)
        return bytes(body)


def _adapter(too_late: Callable[[], bool]) -> HTTPAdapter:
    """Sends by connections that are of no use any more once it is too late.

    A name that was looked up for a minute must not lead to words being sent after all.
    """
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.exceptions import NewConnectionError

    class Checked:
        def connect(self) -> None:
            super().connect()  # type: ignore[misc]
            if too_late():
                raise NewConnectionError(self, "too late")  # type: ignore[arg-type]

    class Plain(Checked, HTTPConnection):
        pass

    class Secured(Checked, HTTPSConnection):
        pass

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecuredPool(HTTPSConnectionPool):
        ConnectionCls = Secured

    adapter = HTTPAdapter()
    adapter.poolmanager.pool_classes_by_scheme = {"https": SecuredPool, "http": PlainPool}
    return adapter


def _judge(response: Response) -> None:
    """Raise a failure for any status but 200."""
    status = response.status_code
    if status == 200:
        return
    wait_s = _asked_wait_s(response.headers.get("Retry-After", ""))
    if status == _MANY_REQUESTS:
        what = "answers that it was asked too often (429)"
        raise _TryError(what, wait_s=wait_s, again="in an hour")
    if status == _NO_KEY:
        raise _TryError("asks for a key, or does not know this one (401)", False, locked=True)
    if 300 <= status < 400:
        what = f"sends elsewhere ({status}), as it does when it was asked too often"
        raise _TryError(what, wait_s=wait_s, again="in an hour")
    if status == 403:
        what = "refuses to answer (403), as it does when it was asked too often"
        raise _TryError(what, passes=wait_s is not None, wait_s=wait_s, again="in an hour")
    passes = status in _PASSING or status >= 500 or wait_s is not None
    raise _TryError(f"answers with an error ({status})", passes=passes, wait_s=wait_s)


def _asked_wait_s(text: str) -> float | None:
    """Seconds of a ``Retry-After`` header, which holds seconds or a date; None for neither."""
    if seconds := re.match(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?:,|$)", text, re.ASCII):
        return min(float(seconds[1]), _FOREVER_S)
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
    return max(0.0, (at - datetime.datetime.now(datetime.UTC)).total_seconds())


def _again_after(wait_s: float) -> str:
    """When to try again, on the clock of whoever reads it."""
    now = datetime.datetime.now().astimezone()
    at = now + datetime.timedelta(seconds=min(wait_s + _MINUTE_S, _FOREVER_S))
    day = "" if at.date() == now.date() else f" on {at:%d %B %Y}"
    return f"Try again after {at:%H:%M}{day}."


def _untrusted(error: Exception) -> _TryError:
    """A certificate that does not verify will not do so on another try; a torn handshake may."""
    cause: BaseException | None = error
    for _depth in range(10):  # requests wraps what urllib3 wrapped
        if isinstance(cause, ssl.SSLCertVerificationError):
            what = "is not who it says it is (its certificate does not verify); nothing was sent"
            return _TryError(what, passes=False)
        cause = cause and (cause.__cause__ or cause.__context__)
    return _TryError("lost the connection (while securing it)")
