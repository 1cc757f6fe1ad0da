"""A finished track read back, for whoever sends it out; and as a listening page shows it."""

from __future__ import annotations

from pathlib import Path

from generator import shelf, tags, transcript
from generator.audio import to_ms
from generator.errors import CheckError
from generator.model import Finished, PageChapter, PagePhrase, PageTrack
from generator.pipeline.proving import document_beside, named


def finished(path: Path) -> Finished:
    """A finished track as the timeline beside it has it.

    It is taken at its word: ``meditate verify`` is what proves it. Raises CheckError, naming the
    file, when there is no such file, or no timeline beside it that can be read.
    """
    with named(path):
        document = document_beside(path)
        timeline, facts = transcript.timeline_from(document), transcript.facts_from(document)
        try:
            size_bytes = path.stat().st_size
        except OSError as error:
            raise CheckError(f"cannot be read ({error.strerror})") from error
    return Finished(path, timeline, facts, size_bytes, str(document.get(shelf.SHA256, "")))


def page_track(each: Finished, file: str, version: str, session: str = "") -> PageTrack:
    """The track for a page, on which it lies at ``file`` and changes with ``version``.

    ``session`` is the heading it is to stand under. Of a track that was made without its text
    nothing that is said is shown.
    """
    voiced = each.timeline.voiced if each.facts.with_text else ()
    return PageTrack(
        title=each.facts.title,
        file=file,
        length_ms=to_ms(each.timeline.frames),
        size_bytes=each.size_bytes,
        version=version,
        chapters=tuple(
            PageChapter(chapter.title, chapter.start_ms) for chapter in tags.chapters(each.timeline)
        ),
        phrases=tuple(
            PagePhrase(said.text, to_ms(said.start_frame), to_ms(said.end_frame)) for said in voiced
        ),
        session=session,
        personal=each.personal,
    )
