"""``python -m benchmarks.service``: what each fault of an online service costs one track.

Five sentences are asked for over a verified connection from a service on this machine; on the
second it misbehaves, once or for good. Waits are those of real use, and are really waited for.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import fake_service
from fake_service import Service

from generator import speech, voices
from generator.errors import ServiceError
from generator.model import Phrase
from generator.speech import gtts
from generator.speech.transport import Transport

NUMBERS = ("one", "two", "three", "four", "five")
SENTENCES = [f"This is sentence number {number}, and it is short." for number in NUMBERS]
ONCE = (
    "",
    "429",
    "429 Retry-After=7",
    "429 Retry-After=3600",
    "500",
    "503 Retry-After=5",
    "302",
    "403",
    "cut",
    "cut-in-the-body",
    "stall",
    "stall-in-the-body",
    "slow-bytes 0.05",
    "slow-headers",
    "endless",
    "bomb",
    "not-http",
    "page",
    "no-audio",
    "empty-audio",
    "other-json",
    "truncated",
    "truncated-between-frames",
    "garbage-audio",
    "silence",
    "too-long",
    "rate 48000",
)
ALWAYS = ("429", "500", "page", "truncated", "cut")


def main() -> None:
    print(f"{'fault':<32} {'requests':>8} {'waits':>6} {'waited':>8} {'in all':>8}  outcome")
    for fault in ONCE:
        report(f"{fault or 'none'}, once", [fault], "")
    for fault in ALWAYS:
        report(f"{fault}, always", [], fault)
    report("certificate of a stranger", [], "", trusted=False)


def report(name: str, second: list[str], always: str, *, trusted: bool = True) -> None:
    with tempfile.TemporaryDirectory() as folder, fake_service.running(Path(folder)) as service:
        os.environ.update(fake_service.environment(service))
        if not trusted:
            os.environ.pop("REQUESTS_CA_BUNDLE")
        service.faults, service.always = ["", *second], always
        waits_s: list[float] = []
        started_s = time.perf_counter()
        outcome = spoken(service, Path(folder), waits_s)
        took_s = time.perf_counter() - started_s
    print(
        f"{name:<32} {len(service.requests):>8} {len(waits_s):>6} {sum(waits_s):>6.0f} s"
        f" {took_s:>6.1f} s  {outcome}",
        flush=True,
    )


def spoken(service: Service, folder: Path, waits_s: list[float]) -> str:
    """What came of it, every wait noted and waited for."""

    def sleep(seconds: float) -> None:
        waits_s.append(seconds)
        time.sleep(seconds)

    voice = voices.load("gtts-en", ())
    speech.engines._open.clear()
    speech.engines._open[voice] = gtts.Gtts(voice, Transport(service.host, sleep=sleep))
    store = speech.ClipStore(folder / "shared", folder / "own", folder / "scratch", b"k" * 32)
    phrases = [Phrase(each) for each in SENTENCES]
    try:
        speech.speak(phrases, voice, store, lambda _done, _total: None, may_send=phrases)
    except ServiceError as error:
        return str(error).split(": ", 1)[1].split(", and the same")[0]
    return "5 of 5 sentences"


if __name__ == "__main__":
    main()
