"""What a publisher is to know before anything goes out."""

from __future__ import annotations

from collections.abc import Iterator

from generator import system, voices
from generator.publishing.leaves import Branch

_TOLD = {
    "no": "must not be used to earn money",
    "unclear": "comes under terms that may forbid earning money with it",
}


def notices(branch: Branch, folders: system.Folders) -> Iterator[str]:
    """What of a public part, each thing in one line."""
    if branch.private:
        return
    yield from _of_licences(branch, folders)
    if branch.address.startswith("http:"):
        yield f"{branch.address} is asked without encryption: directories want https"


def _of_licences(branch: Branch, folders: system.Folders) -> Iterator[str]:
    """The voices whose licence forbids commercial use, or may forbid it."""
    facts = [each.finished.facts for each in branch.tracks]
    for engine, commercial in dict.fromkeys((each.engine, each.commercial) for each in facts):
        if commercial in _TOLD:
            instead = _instead(folders, facts[0].language)
            yield f"what speaks ({engine}) {_TOLD[commercial]}; {instead}"


def _instead(folders: system.Folders, language: str) -> str:
    """Which voices may be used for anything, of those that speak the language."""
    sound, _broken = voices.survey(folders.voices)
    installable = [each.voice for each in voices.installables()]
    spoken = language.split("-", maxsplit=1)[0]
    free = [
        each.name
        for each in (*sound, *installable)
        if each.commercial == "yes" and each.language.split("-")[0] == spoken
    ]
    known = ", ".join(list(dict.fromkeys(free))[:3])
    return f"free of that: {known}" if known else "none is known that is free of that"
