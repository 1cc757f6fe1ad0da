"""The picture of a finished file, with what is wrong in it marked where it is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from generator import graph, shelf, system, traces, verify
from generator.errors import WriteError
from generator.model import Report, Timeline
from generator.pipeline.proving import Progress, claimed, compared, named


def pictured(
    path: Path,
    picture: Path,
    folders: system.Folders,
    progress: Progress,
    *,
    force: bool,
) -> Report:
    """Every check of a finished file, as :func:`verified` gives it, and its picture drawn.

    The picture is its owner's alone where the track is, or speaks a detail; ``forget`` finds it
    when the track lies where it was made. Raises UsageError, before anything is read, when
    something is there already and no ``force`` is used; WriteError when it cannot be written.
    """
    shelf.admit_extra(picture, force=force)
    with named(path):
        claim = claimed(path)
        timeline, evidence = claim.timeline, claim.evidence
        mixed = verify.expected(timeline, evidence)
        outline = graph.HeardOutline(timeline, mixed.ground_rms, verify.CELL_FRAMES)
        made, report = compared(claim, progress, [outline.hear])
    png = graph.draw(
        claim.facts,
        timeline,
        outline.envelopes(),
        outline.short_term_lufs(),
        made.heard.measured,
        evidence.speech_lufs,
        report,
    )
    traces.note(folders.listeners, path, picture)
    try:
        system.write_whole(picture, png, _mode(path, timeline))
    except WriteError as error:
        remedy = "Free some space, or name another place."
        raise WriteError(error.what, where=str(picture), remedy=remedy) from error
    return report


def _mode(track: Path, timeline: Timeline) -> int:
    """A picture shows the words: it is for nobody who may not hear them."""
    personal = any(each.phrase.personal for each in timeline.spoken)
    open_to_all = os.stat(track).st_mode & stat.S_IROTH  # noqa: PTH116  as the track is
    return system.PUBLIC_FILE if open_to_all and not personal else system.PRIVATE_FILE
