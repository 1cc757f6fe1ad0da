"""A published file over a verified connection, a piece at a time, from where it was cut off.

Certificates are always verified, redirects followed to the publisher's own hosts only, and no more
taken than the file is long.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from generator import certificates
from generator.errors import UsageError
from generator.fetch.problem import UnavailableError
from generator.model import Release

if TYPE_CHECKING:
    from requests import Response, Session

HOST_VARIABLE = "MEDITATE_RELEASES_HOST"
"""Names another host, ``name:port``, that has the same files under the same paths: a mirror."""

_HOSTS = frozenset(
    {"github.com", "objects.githubusercontent.com", "release-assets.githubusercontent.com"}
)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:[0-9]{1,5})?", re.IGNORECASE)
_MOST_REDIRECTS = 5
_PIECE_BYTES = 1 << 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long a source is waited for, and how often it is asked again."""

    connect_s: float = 10.0
    silence_s: float = 20.0
    """Longest time without a byte."""
    whole_s: float = 1_800.0
    """Longest time for one try, however it trickles."""
    waits_s: tuple[float, ...] = (1.0, 3.0)
    """Before each next try; a try that brought something more begins the row anew."""


PATIENCE = Patience()


def host_of(source: Release) -> str:
    """The host that is asked for it."""
    return urlsplit(_address(source)).netloc


def download(source: Release, path: Path, progress: Callable[[int, int], None]) -> None:
    """Bring what is there of the file at ``path`` to its whole length.

    Raises UnavailableError; what has come so far stays, and the next call goes on from it.
    """
    import requests

    waits_s = [*PATIENCE.waits_s]
    while True:
        before = _length(path)
        try:
            with requests.Session() as session:
                _continue(session, source, path, progress)
            return
        except _CutError as cut:
            waits_s = [*PATIENCE.waits_s] if _length(path) > before else waits_s
            if not waits_s:
                raise UnavailableError(str(cut)) from None
            wait_s = waits_s.pop(0)
            _log.info("%s %s; asking again in %.0f s", host_of(source), cut, wait_s)
            time.sleep(wait_s)


class _CutError(Exception):
    """One try that failed, and another may not."""


def _continue(
    session: Session, source: Release, path: Path, progress: Callable[[int, int], None]
) -> None:
    import requests

    if _length(path) >= source.size_bytes:
        path.unlink()  # whole, or more than that, and not what it should be
    try:
        with _answer(session, _address(source), _length(path)) as response:
            _append(response, source, path, progress)
    except requests.exceptions.SSLError:
        raise UnavailableError("is not who it says it is, or cannot prove it") from None
    except (requests.exceptions.InvalidSchema, ValueError):
        raise UnavailableError("cannot be asked: look at HTTPS_PROXY") from None
    except requests.exceptions.Timeout:
        raise _CutError("does not answer") from None
    except requests.exceptions.RequestException:
        raise _CutError("cannot be reached") from None
    if _length(path) < source.size_bytes:
        raise _CutError("was cut off")


def _answer(session: Session, url: str, from_byte: int) -> Response:
    """The first answer that is no redirect; each redirect led to one of the publisher's hosts."""
    import requests

    headers = {"Accept-Encoding": "identity"}
    if from_byte:
        headers["Range"] = f"bytes={from_byte}-"
    for _redirect in range(_MOST_REDIRECTS):
        asked = requests.Request("GET", url, headers).prepare()
        try:
            trusted = certificates.trusted()
        except OSError:
            raise UnavailableError("cannot be verified: no certificates to read") from None
        around = session.merge_environment_settings(url, {}, True, trusted, None)
        response = session.send(
            asked,
            timeout=(PATIENCE.connect_s, PATIENCE.silence_s),
            allow_redirects=False,
            **around,
        )
        if not 300 <= response.status_code < 400:
            return response
        response.close()
        url = urljoin(url, response.headers.get("Location", ""))
        if not _allowed(url):
            raise UnavailableError("sends elsewhere")
    raise UnavailableError("sends round in circles")


def _append(
    response: Response, source: Release, path: Path, progress: Callable[[int, int], None]
) -> None:
    """Write what comes to the end of what is there. Raises UnavailableError for what is not it."""
    status = response.status_code
    if status == 416:  # what is there is not the beginning of what they have
        path.unlink(missing_ok=True)
        raise _CutError("has nothing to go on from")
    if status in (408, 429) or status >= 500:
        raise _CutError(f"answers with an error ({status})")
    if status not in (200, 206):
        raise UnavailableError(f"answers with an error ({status})")
    goes_on = status == 206
    if goes_on and not _fits(response, _length(path)):
        path.unlink(missing_ok=True)
        raise _CutError("answers with another piece")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise UnavailableError("gives it in a form that was not asked for")
    until_s = time.monotonic() + PATIENCE.whole_s
    with path.open("ab" if goes_on else "wb") as file:
        for piece in response.iter_content(_PIECE_BYTES):
            if file.tell() + len(piece) > source.size_bytes:
                break
            file.write(piece)
            progress(file.tell(), source.size_bytes)
            if time.monotonic() > until_s:
                raise UnavailableError("is too slow")
        else:
            return
    path.unlink()
    raise UnavailableError("gives more than was published")


def _fits(response: Response, from_byte: int) -> bool:
    return response.headers.get("Content-Range", "").startswith(f"bytes {from_byte}-")


def _address(source: Release) -> str:
    """Where to ask: the publisher, or who stands in for it. Raises UsageError for no host."""
    stand_in = os.environ.get(HOST_VARIABLE, "")
    if not stand_in:
        return source.url
    if not _HOST.fullmatch(stand_in):
        raise UsageError("is not the name of a host", where=HOST_VARIABLE, remedy="As in name:443.")
    return urlsplit(source.url)._replace(netloc=stand_in).geturl()


def _allowed(url: str) -> bool:
    hosts = {os.environ.get(HOST_VARIABLE)} - {None, ""} or _HOSTS
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.netloc in hosts


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
