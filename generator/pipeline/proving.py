"""The proof of a track: of one that is being made, and of one that lies finished."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from generator import encode, master, mix, shelf, system, tags, transcript, verify
from generator.audio import RATE_HZ, clock
from generator.errors import CheckError
from generator.model import Check, Evidence, Facts, Job, Report, Stage, Timeline
from generator.pipeline.extras import Extras
from generator.pipeline.keeping import Kept, Larder
from generator.pipeline.sounding import Sounding

if TYPE_CHECKING:
    from generator.audio import Samples

Progress = Callable[[Stage, int, int], None]

_MOST_TRANSCRIPT_BYTES = 16 << 20


@dataclasses.dataclass(frozen=True)
class Sounded:
    """A track as it came out: what was mixed, and what was heard of the file."""

    track: Path
    timeline: Timeline
    evidence: Evidence
    heard: verify.Heard


def witnessed(
    job: Job,
    track: Path,
    timeline: Timeline,
    sources: mix.Tracks,
    beside: Extras,
    progress: Progress,
    larder: Larder,
) -> Evidence:
    """Mix, limit and encode; what the track can be proven with, noted on the way.

    Whoever wants something of its parts is shown them afterwards, from beginning to end.
    """
    witness = verify.Witness(timeline, sources.clips, sources.gain)
    noted = dataclasses.replace(sources, read=witness.reading(sources.read))
    ceiling_dbtp = master.CEILING_DBTP - encode.PEAK_LIFT_DB[job.format]
    sounding = Sounding(timeline, noted, witness, ceiling_dbtp)
    encode.track(
        track,
        sounding.within,
        timeline.frames,
        partial(progress, Stage.ENCODE),
        job.format,
        partial(Kept, larder, sounding),
    )
    with beside.watching() as seen:
        for block in mix.blocks(timeline, sources) if seen else ():
            for see in seen:
                see(block)
    return witness.evidence(job.profile.speech_lufs, verify.opened(track).stream)


@dataclasses.dataclass(frozen=True)
class Claimed:
    """What the timeline beside a finished file says of it."""

    track: Path
    timeline: Timeline
    evidence: Evidence
    facts: Facts


def listened(
    track: Path,
    timeline: Timeline,
    evidence: Evidence,
    progress: Progress,
    also: Iterable[Callable[[Samples], None]] = (),
    memory: verify.Memory | None = None,
) -> Sounded:
    """The track decoded again to its end. Who is in ``also`` hears it too.

    With a ``memory`` an MP3 is decoded only where those very bytes were not heard before.
    """
    told = partial(progress, Stage.MEASURE)
    if memory and track.suffix == ".mp3":
        heard = verify.listen_in_pieces(track, timeline, told, memory)
    else:
        heard = verify.listen(track, timeline, told, also)
    return Sounded(track, timeline, evidence, heard)


def verified(path: Path, progress: Progress) -> Report:
    """Every check of a finished file against the timeline beside it.

    Raises CheckError, naming the file, when it cannot be checked: it is no track of ours, or has no
    timeline beside it that can be read.
    """
    with named(path):
        return compared(claimed(path), progress)[1]


def claimed(path: Path) -> Claimed:
    """What is to be proven, proven itself to be bearable: no minutes go to a stranger's file."""
    document = document_beside(path)
    timeline, evidence = transcript.timeline_from(document), transcript.evidence_from(document)
    verify.expected(timeline, evidence)
    return Claimed(path, timeline, evidence, transcript.facts_from(document))


def compared(
    claim: Claimed,
    progress: Progress,
    also: Iterable[Callable[[Samples], None]] = (),
) -> tuple[Sounded, Report]:
    """The finished file as it sounds, and every check of it. Who is in ``also`` hears it too."""
    found = verify.opened(claim.track)
    made = listened(claim.track, claim.timeline, claim.evidence, progress, also)
    return made, proof(made, found, claim.facts.language)


@contextlib.contextmanager
def named(path: Path) -> Iterator[None]:
    """Every CheckError from within names the file first."""
    try:
        yield
    except CheckError as error:
        what = f"{error.where}: {error.what}" if error.where not in ("", str(path)) else error.what
        raise CheckError(what, where=str(path), remedy=error.remedy) from error


def document_beside(path: Path) -> dict[str, object]:
    """The timeline document of a finished track. Raises CheckError when there is none."""
    if not path.name:
        raise CheckError("is no file", remedy="Name a finished track.")
    document = shelf.sidecar(path)
    if not document:
        name = shelf.beside(path, shelf.SIDECAR).name
        raise CheckError(
            f"there is no timeline beside it, {name}, that can be read",
            remedy="'meditate render' writes it; keep the two together.",
        )
    return document


def proof(made: Sounded, found: verify.Opened, language: str) -> Report:
    """Every check of a track with its tag, and of the transcript, in that language, beside it."""
    papers = verify.Papers(
        chapters=tuple(map(dataclasses.astuple, tags.chapters(made.timeline))),
        words=tags.lyrics(transcript.plain_text(made.timeline)),
        cues=transcript.cues(made.timeline, language),
        transcript=_transcript(shelf.beside(made.track, shelf.TRANSCRIPT)),
    )
    return verify.report(made.timeline, made.evidence, found, made.heard, papers)


def _transcript(path: Path) -> tuple[str, ...] | None:
    """Its cues, or None where there is none that can be read."""
    try:
        return transcript.cues_in(system.read_plain(path, _MOST_TRANSCRIPT_BYTES).decode())
    except (OSError, ValueError):
        return None


def deliverable(
    made: Sounded, place: system.Workshop, path: Path, inputs: str, language: str
) -> None:
    """Return when every check is met. Otherwise keep the track aside with its report, for its
    owner alone and under a name that no player takes for a sound, and raise CheckError.
    """
    report = proof(made, verify.opened(made.track), language)
    if not report.faults:
        return
    aside, told = f"{path.name}{shelf.FAILED}", shelf.beside(path, shelf.REPORT).name
    document = {
        "schema": transcript.SCHEMA,
        "rate_hz": RATE_HZ,
        "inputs": inputs,
        "checks": [dataclasses.asdict(each) for each in report.checks],
    }
    place.fresh(told).write_text(json.dumps(document, indent=1), "utf-8")
    place.file(path.name).replace(place.file(aside))
    place.publish((told, aside), system.PRIVATE_FILE)
    raise CheckError(
        f"the {clock(made.timeline.frames)} track is not what was planned:"
        f" {'; '.join(map(_fault, report.faults))}",
        where=str(path),
        remedy=f"It was not delivered: it lies beside as {aside}, with {told}. Please report this.",
    )


def _fault(check: Check) -> str:
    if isinstance(check.value, str):
        return f"{check.name}: {check.value}"
    where = f", {check.where}" if check.where else ""
    return f"{check.name} {check.value:g} {check.unit}, limit {check.limit:g}{where}"
