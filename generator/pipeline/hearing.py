"""What a recogniser understands of a finished file, beside every check of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from generator import recognise, saying
from generator.model import Report, Understood
from generator.pipeline.proving import Progress, claimed, compared, named


def understood(path: Path, model: Path, progress: Progress) -> tuple[Report, Understood]:
    """Every check of a finished file, as :func:`verified` gives it, and what was understood of it.

    ``model`` is a folder with a Whisper model. Numbers count as their words, however the recogniser
    writes them. Raises as :func:`verified` does, and UsageError when nothing can recognise.
    """
    with named(path):
        claim = claimed(path)
        language = claim.facts.language
        plain = partial(saying.in_plain_words, language=language)
        ear = recognise.Ear(claim.timeline, recognise.recogniser(model, language), plain)
        _made, report = compared(claim, progress, [ear.hear])
        return report, Understood(ear.all())
