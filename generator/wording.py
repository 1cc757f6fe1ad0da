"""Everything the program itself says to a listener, by language.

A script brings its own words; these surround them: safety, disclosure, breath, tags, transcript.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """One language."""

    safety: str
    """Part of every track's description."""
    synthetic: str
    """Part of the description of a track with a synthetic voice; ``{narrator}`` is filled in."""
    human: str
    """The same of a voice that a person recorded."""
    partly: str
    """Added to it when a synthetic voice spoke what was not recorded."""
    spoken_disclosure: str
    """Said before the opening bell where a profile asks for it, of a synthetic voice."""
    spoken_partly: str
    """Said there when only some of it is synthetic."""
    driving: str
    """Said there, after it, in the sleep profile and over a binaural bed."""
    preview: str
    """Part of the description of one section by itself."""
    announced: str
    """Said by a voice of itself, before it is heard among others; ``{narrator}`` is filled in."""
    talk: str
    """What the talk of a session is called; ``{session}`` is filled in."""
    album: str
    genre: str
    chapters: str
    """Over the table of contents in a tag."""
    speaker: str
    """Whose every line of a transcript is."""
    synthetic_note: str
    """At the top of the transcript of a synthetic voice; ``{engine}`` is filled in."""
    lent: str
    """Of ``{helper}``, which spoke the ``{number}`` sentences nobody recorded, and ``{engine}``."""
    instead_of: str
    """Of ``{engine}``, which spoke because the voice ``{voice}`` could not."""
    support: str
    """Where a person in danger is pointed to, unless a publisher knows better."""
    breathe_in: str
    hold: str
    breathe_out: str
    recording: str
    """Stands in a transcript for a recording whose words nobody wrote down."""


_WORDINGS = {
    "en": Wording(
        safety=(
            "This recording is not therapy and does not replace it. Do not listen while driving or"
            " using machines, nor alone in an acute crisis, psychosis or fresh trauma."
        ),
        synthetic="The voice, {narrator}, is synthetic.",
        human="The voice, {narrator}, is a person's own, recorded.",
        partly="Some sentences are spoken by a synthetic voice, {narrator}.",
        spoken_disclosure="This recording is spoken by a synthetic voice.",
        spoken_partly="Some sentences of this recording are spoken by a synthetic voice.",
        driving="Please do not listen to this recording while driving or using machines.",
        preview="This is one section of a meditation, made to be tried out.",
        announced="This is {narrator}.",
        talk="{session}, a Talk",
        album="Guided meditations",
        genre="Meditation",
        chapters="Chapters",
        speaker="Narrator",
        synthetic_note="Synthetic voice: {engine}",
        lent="{helper}, where nothing was recorded ({number}); elsewhere {engine}",
        instead_of="{engine} instead of {voice}",
        support="Please talk to someone now: the emergency number where you are, or a crisis line.",
        breathe_in="Breathe in.",
        hold="Hold.",
        breathe_out="Breathe out.",
        recording="[Recording]",
    ),
    "es": Wording(
        safety=(
            "Esta grabación no es terapia ni la sustituye. No la escuches mientras conduces o"
            " manejas máquinas, ni a solas en una crisis aguda, psicosis o trauma reciente."
        ),
        synthetic="La voz, {narrator}, es sintética.",
        human="La voz, {narrator}, es la de una persona, grabada.",
        partly="Algunas frases las dice una voz sintética, {narrator}.",
        spoken_disclosure="Esta grabación la dice una voz sintética.",
        spoken_partly="Algunas frases de esta grabación las dice una voz sintética.",
        driving="Por favor, no escuches esta grabación mientras conduces o manejas máquinas.",
        preview="Esta es una sección de una meditación, hecha para probarla.",
        announced="Esta es la voz de {narrator}.",
        talk="{session}, una charla",
        album="Meditaciones guiadas",
        genre="Meditación",
        chapters="Capítulos",
        speaker="Voz",
        synthetic_note="Voz sintética: {engine}",
        lent="{helper}, donde no había grabación ({number}); en lo demás, {engine}",
        instead_of="{engine} en lugar de {voice}",
        support=(
            "Por favor, habla con alguien ahora: el número de emergencias del lugar donde estás, o"
            " una línea de ayuda en crisis."
        ),
        breathe_in="Inspira.",
        hold="Retén el aire.",
        breathe_out="Espira.",
        recording="[Grabación]",
    ),
}


def wording(language: str) -> Wording:
    """The words of a BCP 47 language, or the English ones."""
    return _WORDINGS[spoken_language(language)] if is_known(language) else _WORDINGS["en"]


def is_known(language: str) -> bool:
    """Whether the program has words of its own in a BCP 47 language."""
    return spoken_language(language) in _WORDINGS


def spoken_language(language: str) -> str:
    """What is spoken in a BCP 47 language, wherever that is: ``en`` of ``en-GB``."""
    return language.lower().split("-", maxsplit=1)[0]
