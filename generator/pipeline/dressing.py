"""What a finished sound is given: its tag, and the files that lie beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from generator import shelf, speech, system, tags, transcript
from generator.model import COMMERCIAL, Facts, Job
from generator.pipeline.artwork import cover_of
from generator.pipeline.proving import Sounded
from generator.wording import wording


def dressed(
    job: Job,
    place: system.Workshop,
    path: Path,
    facts: Facts,
    made: Sounded,
    marks: Mapping[str, str],
    inputs: str,
) -> tuple[str, ...]:
    """Tag the track and write what goes beside it; the names of it all, the track's own last."""
    timeline, measured = made.timeline, made.heard.measured
    jpeg, words = cover_of(job), transcript.plain_text(timeline)
    tags.write_tags(place.file(path.name), facts, timeline, measured, cover=jpeg, text=words)
    document = transcript.timeline_document(timeline, facts, measured, inputs, made.evidence)
    document |= {shelf.MADE_FROM: dict(marks), shelf.SHA256: system.sha256(place.file(path.name))}
    sidecars = {  # the timeline first: it proves that the others are ours
        shelf.SIDECAR: json.dumps(document, indent=1, ensure_ascii=False),
        shelf.TRANSCRIPT: transcript.webvtt(timeline, facts),
    }
    beside = {shelf.beside(path, ending).name: text for ending, text in sidecars.items()}
    for name, content in beside.items():
        place.fresh(name).write_text(content, "utf-8")
    return (*beside, path.name)


def facts_of(job: Job, path: Path) -> Facts:
    """What the track is called and who speaks in it, for tags and sidecars."""
    say = wording(job.script.language)
    told = say.synthetic if job.voice.synthetic else say.human
    preview = [say.preview] if job.chapter else []
    speakers = [told.format(narrator=job.voice.narrator)]
    engine, commercial = speech.provenance(job.voice), job.voice.commercial
    if job.fallback and job.lent:
        speakers.append(say.partly.format(narrator=job.fallback.narrator))
        helper = speech.provenance(job.fallback)
        engine = say.lent.format(helper=helper, number=len(job.lent), engine=engine)
        commercial = max(commercial, job.fallback.commercial, key=COMMERCIAL.index)
    if job.instead_of:
        engine = say.instead_of.format(engine=engine, voice=job.instead_of)
    support = [job.seat.support] if job.seat and job.seat.support else []
    lines = [*preview, job.summary, say.safety, *speakers, *support]
    return Facts(
        title=job.called,
        narrator=job.voice.narrator,
        album=job.seat.album if job.seat else say.album,
        language=job.script.language,
        description=" ".join(lines),
        date=shelf.date(job, path),
        engine=engine,
        synthetic=job.voice.synthetic or bool(job.lent),
        with_text=job.with_text,
        artist=(job.seat.artist or job.voice.narrator) if job.seat else "",
        track=(job.seat.number, job.seat.of) if job.seat else None,
        kind=job.script.kind,
        commercial=commercial,
        disclosure=" ".join(speakers),
    )
