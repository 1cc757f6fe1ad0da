"""What a track is made from, as marks by which nobody can test guesses."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping

from generator.model import Job, Seat

FORMAT_VERSION = 6
"""Part of every digest: raise it when the same job gives other bytes."""


def made_from(job: Job, speech: Mapping[str, object], secret: bytes) -> dict[str, str]:
    """A keyed mark of each thing that shapes the track, by a name that a user knows it by.

    ``speech`` is what shapes the sound of the voice. What a job does not have has no mark.
    """
    things = _things(job, speech)
    return {name: _mark([name, thing], secret) for name, thing in things.items() if thing}


def together(marks: Mapping[str, str], secret: bytes) -> str:
    """One mark of all of them."""
    return _mark(sorted(marks.items()), secret)


def _mark(thing: object, secret: bytes) -> str:
    canonical = json.dumps(thing, sort_keys=True).encode()
    return hashlib.blake2b(canonical, key=secret, digest_size=16).hexdigest()


def _things(job: Job, speech: Mapping[str, object]) -> dict[str, object]:
    script, listener = job.script, job.listener
    details = {f"detail {name}": [answer] for name, answer in listener.answers.items()}
    switches = {f"switch {name}": [wanted] for name, wanted in listener.switches.items()}
    lexicon = sorted((word, how.spelled, how.ipa) for word, how in job.lexicon.items())
    return {
        "program": [FORMAT_VERSION],
        "script": [
            *(script.slug, script.body, sorted(script.parts.items()), sorted(script.lists.items())),
            *(script.title, script.summary, script.language),
        ],
        "details of the course": [
            [field.name, field.default] for field in script.fields if field.default is not None
        ],
        **details,
        **switches,
        "pronunciation": [sorted(listener.said.items()), lexicon]
        if listener.said or lexicon
        else [],
        "voice": [sorted(speech.items()), job.voice.narrator, job.voice.synthetic],
        "profile": dataclasses.astuple(job.profile),
        "length": [job.length_s],
        "bed": job.recording.digest if job.recording else job.bed,
        "seed": [job.seed],
        "bells": dataclasses.asdict(job.ringing),
        "text in the tag": [job.with_text],
        "recordings": [own.digest for _name, own in sorted(job.inserts.items())],
        "takes": sorted(job.takes.items()),
        "chapter": job.chapter.casefold(),
        "cover": job.picture.digest if job.picture else "",
        "font": job.font.digest if job.font else "",
        **(_of_course(job.seat) if job.seat else {}),
    }


def _of_course(seat: Seat) -> dict[str, object]:
    return {
        "album": [seat.course, seat.album, seat.artist],
        "place in the course": [seat.edition, seat.number, seat.of],
        "session": [seat.title, seat.summary],
        "support line": seat.support,
        "colour": seat.colour,
    }
