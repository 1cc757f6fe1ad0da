"""The Python door: one track in one call, and the job behind every door."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import asked, cover, personalise, picture, saying, script, shelf, system, voices
from generator.errors import UsageError, nearest
from generator.label import checked_label
from generator.model import (
    FORMATS,
    PROFILES,
    PUBLIC_LABEL,
    RECORDED,
    RECORDING,
    Episode,
    Job,
    Listener,
    OwnFile,
    Profile,
    Respeak,
    Script,
    Voice,
)
from generator.wording import wording

OUTPUT = Path("output")

_RESPEAK = re.compile(r"(.*):([1-9]\d{0,3})(?:=(\d{1,3}))?", re.ASCII)


@dataclass(frozen=True)
class Wishes:
    """How a track is wanted, beyond the script and the listener. Every default is here."""

    length: str = "natural"
    """``15m``, ``12m30s`` or ``natural``."""
    voice: str = voices.DEFAULT
    fallback: str | None = None
    """A voice on this machine that speaks the whole track when an online one fails, or what a
    recorded voice lacks."""
    consent_online: bool = False
    """The listener agreed that the words of the track go to the online voice's service."""
    bed: Path | str | None = None
    """A built-in bed, some of them joined by ``+``, or a file; left out, what the author chose."""
    bells: str | None = None
    """``start``, ``end``, ``sections``, ``5m`` for that often, or ``none``, with commas."""
    bell: str | None = None
    """``bowl``, ``bowl:3`` struck three times, ``bowl:3:-6`` and so many decibels softer."""
    dry: bool = False
    """The voice as its engine gives it, without the house's own polish."""
    cover: Path | str | None = None
    """A JPEG or PNG file; left out, a picture is drawn."""
    font: Path | str | None = None
    """A TTF or OTF file for the words on a drawn cover; left out, the one that comes along."""
    format: str = FORMATS[0]
    """``mp3``, ``m4b`` (by ffmpeg), ``flac``, ``wav`` or ``ogg``."""
    stems: Path | str | None = None
    """A folder for voice, bed and bells, each as a FLAC of its own."""
    picture: Path | str | None = None
    """A PNG to be drawn: the whole track with its words, chapters, pauses and loudness."""
    profile: str = "personal"
    seed: int = 1
    label: str | None = None
    """The listener's folder; left out, a new one that says nothing."""
    out: Path | str = OUTPUT
    force: bool = False
    with_text: bool = True
    date: str = ""
    respeak: str | None = None
    """A sentence to be spoken anew, as ``Arriving:3``; ``Arriving:3=1`` takes an earlier take."""
    chapter: str | None = None
    """One section by itself, to be heard without waiting for the rest."""
    listener_files: tuple[Path, ...] = ()
    """Files that hold the answers: ``meditate forget`` removes them with the rest."""


def render(slug: str, listener: Mapping[str, object] | None = None, **wishes: Any) -> Episode:
    """Make one track, as ``meditate render`` does, and give back what was made.

    ``listener`` maps the script's fields to answers; every one may be left out. ``wishes`` are the
    fields of :class:`Wishes`: ``length="15m"``, ``voice="joe"``, ``out="tracks"`` and so on. Raises
    a :class:`~generator.errors.MeditationError` that says what, where and what to do.
    """
    from generator import pipeline

    folders = system.folders()
    chosen = script.load(slug, folders.scripts)
    known = personalise.check(chosen, listener or {})
    wanted = Wishes(**wishes)
    job = job_for(chosen, known, wanted, folders)
    return pipeline.render(job, folders, consent=lambda _voice, _phrases: wanted.consent_online)


def job_for(chosen: Script, listener: Listener, wishes: Wishes, folders: system.Folders) -> Job:
    """The job these choices make, each of them checked.

    Raises UsageError for a voice, profile, length, label, folder or file that will not do.
    """
    out = output(wishes.out)
    profile = _profile(wishes.profile, chosen)
    if wishes.seed < 0:
        raise UsageError("a seed is a whole number from 0 up", where="--seed")
    recorded = own_bed(wishes.bed)
    job = Job(
        script=chosen,
        listener=listener,
        voice=dataclasses.replace(voices.load(wishes.voice, folders.voices), dry=wishes.dry),
        fallback=_fallback(wishes.fallback, folders),
        profile=profile,
        length_s=asked.length_s(wishes.length),
        bed=RECORDING if recorded else str(wishes.bed or chosen.bed),
        seed=wishes.seed,
        ringing=asked.ringing(wishes.bells, wishes.bell),
        label="",
        out=out,
        with_text=wishes.with_text,
        date=shelf.checked_date(wishes.date),
        force=wishes.force,
        recording=recorded,
        inserts=_inserts(chosen),
        picture=picture.look(Path(wishes.cover)) if wishes.cover else None,
        font=cover.look_at_font(Path(wishes.font)) if wishes.font else None,
        listener_files=wishes.listener_files,
        format=_known("format", wishes.format, FORMATS),
        stems=shelf.checked_place(wishes.stems, "--stems") if wishes.stems else None,
        graph=picture_place(wishes.picture) if wishes.picture else None,
        respeak=_respeak(wishes.respeak) if wishes.respeak else None,
        chapter=_chapter(wishes.chapter),
    )
    known = saying.lexicon(folders.lexicon, chosen.language)
    return for_listener(job, listener, wishes.label, known, folders)


def output(wish: Path | str) -> Path:
    """The folder into which tracks go; only the usual one is made. Raises UsageError."""
    out = shelf.checked_place(wish, "--out")
    if out != OUTPUT and not out.is_dir():
        raise UsageError("there is no such folder", where=str(out), remedy="Make it first.")
    return out


def for_listener(
    job: Job,
    listener: Listener,
    label: str | None,
    known: saying.Lexicon,
    folders: system.Folders,
) -> Job:
    """The same track for that listener, under a label of theirs; left out, a new one.

    ``known`` is how words of the script's language sound. Raises UsageError for a label that will
    not do, DetailError for a detail that the voice cannot say.
    """
    label = _label(label, listener)
    for each in filter(None, (job.voice, job.fallback)):
        personalise.speakable(job.script, listener, each.language)
    return dataclasses.replace(
        job,
        listener=listener,
        label=label,
        voice=dataclasses.replace(job.voice, own=_own_recordings(folders, label, job.voice.name)),
        lexicon=known.only(_written(job.script, listener)),
    )


def recital_for(
    chosen: Script,
    listener: Listener,
    wishes: Wishes,
    folders: system.Folders,
    to: Path | str,
    narrator: str = "",
) -> Job:
    """The job whose sentences somebody is to read, to become the voice that ``to`` names.

    Raises UsageError for a place that will not do, or where another voice is.
    """
    place = shelf.checked_place(to, "--to").absolute()
    job = job_for(chosen, listener, wishes, folders)
    shelf.check_label(job.label, (folders.listeners,))
    voice = voices.of_recordings(place.name, place.parent, chosen.language, narrator)
    own = _own_recordings(folders, job.label, voice.name)
    return dataclasses.replace(job, voice=dataclasses.replace(voice, own=own))


def _own_recordings(folders: system.Folders, label: str, voice: str) -> Path:
    """Where a voice's recordings lie that speak the details of one listener."""
    return folders.listeners / label / "voices" / voice


def _written(chosen: Script, listener: Listener) -> Iterator[str]:
    """Every text of which words come into the track."""
    yield from (chosen.body, *chosen.parts.values())
    yield from (str(each) for turns in chosen.lists.values() for each in turns)
    yield from (str(field.default) for field in chosen.fields)
    yield from map(str, listener.answers.values())
    yield from dataclasses.astuple(wording(chosen.language))


def _profile(wished: str, chosen: Script) -> Profile:
    """The profile of that name. Raises UsageError when the script is not to be heard in it."""
    profile = PROFILES[_known("profile", wished, PROFILES)]
    if profile.name in chosen.not_for:
        raise UsageError(
            f"'{chosen.slug}' is not made for the profile '{profile.name}'",
            remedy="Choose another profile, or another script.",
        )
    return profile


def _known(what: str, wished: str, known: Collection[str]) -> str:
    if wished not in known:
        raise UsageError(f"there is no {what} '{wished}'", remedy=nearest(wished, known))
    return wished


def picture_place(wish: Path | str) -> Path:
    """Where the picture of a track goes. Raises UsageError unless it is called a PNG."""
    path = shelf.checked_place(wish, "--picture")
    if path.suffix.lower() != ".png":
        raise UsageError("a picture is a PNG", where="--picture", remedy="Name it track.png.")
    return path


def _label(wished: str | None, listener: Listener) -> str:
    """The listener's folder: as wished, if it tells nothing about them, or a new one."""
    if wished is None:
        return shelf.new_label() if listener.personal else PUBLIC_LABEL
    if personalise.reveals(checked_label(wished), listener):
        raise UsageError(
            "the label contains one of the listener's details, and labels become folder names",
            where="--for",
            remedy="Choose one that says nothing about them.",
        )
    if wished.casefold() == PUBLIC_LABEL and listener.personal:
        raise UsageError(
            "what is made of a listener's details does not belong among the public tracks",
            where="--for",
            remedy="Choose another label.",
        )
    return wished


def _fallback(name: str | None, folders: system.Folders) -> Voice | None:
    voice = voices.load(name, folders.voices) if name else None
    if voice is not None and voice.online:
        raise UsageError(
            f"'{name}' is online too",
            where="--fallback",
            remedy=f"Choose a voice on this machine, as {voices.DEFAULT}.",
        )
    if voice is not None and voice.engine == RECORDED:
        raise UsageError(
            f"'{name}' can say only what was recorded",
            where="--fallback",
            remedy=f"Choose a synthetic voice, as {voices.DEFAULT}.",
        )
    return voice


def _respeak(wish: str) -> Respeak:
    """The sentence a wish names, and which take of it. Raises UsageError."""
    match = _RESPEAK.fullmatch(wish.strip())
    if not match:
        raise UsageError(
            "a sentence is named by its chapter and its number in it",
            where="--respeak",
            remedy='As in: "Arriving:3", or "Arriving:3=1" for an earlier take.',
        )
    return Respeak(match[1].strip(), int(match[2]), int(match[3]) if match[3] else None)


def _chapter(wish: str | None) -> str:
    """The title of a section, or nothing where none was wished for. Raises UsageError."""
    title = " ".join((wish or "").split())
    if wish is not None and not title:
        raise UsageError(
            "a section is named by its title",
            where="--chapter",
            remedy="'meditate plan' lists them.",
        )
    return title


def own_bed(wish: Path | str | None) -> OwnFile | None:
    """The recording a wish for a bed names, or None where it names none or a built-in bed.

    Only the user's own wish may be a file: what a script calls a bed is never looked for. Raises
    UsageError for a file that will not do.
    """
    if not wish:
        return None
    from generator import bed, recording

    if isinstance(wish, str) and bed.is_name(wish):
        return None
    return recording.look(Path(wish)) if recording.is_file(wish) else None


def _inserts(chosen: Script) -> dict[str, OwnFile]:
    """The recordings of its script's folder that a script brings in, by name, each looked at."""
    paths = script.inserts(chosen)
    if not paths:
        return {}
    from generator import recording

    return {name: recording.look(path) for name, path in paths.items()}
