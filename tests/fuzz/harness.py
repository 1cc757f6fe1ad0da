"""Bytes as libFuzzer breeds them, given to the readers of what strangers write.

``harness.py script|listener|roster|delivery CORPUS [FLAGS]``, run by ``test_fuzz.py`` in a process
of its own. It ends with 0 when every input was used or refused: in one line, soon, telling nothing
of a listener.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["generator", "jinja2", "tomllib"]):
    import jinja2.sandbox  # noqa: F401  else it is loaded when it is first used, and not watched
    from written import script as written

    from generator import gauge, personalise, pixels, roster
    from generator.errors import CheckError, MeditationError, MistakesError
    from generator.model import Answer, Columns, Field
    from generator.script import bounds, fill, load

CANARY = "Quillfeather"
"""What a listener answered. It stands in the seeds of listener files too."""
UNNAMED = "Fjörnbläser"
"""The same in rosters: it is no id, which may be shown."""
QUICK_S = 4.0
FOLDER = Path(tempfile.mkdtemp(dir="."))
SCRIPT = written("", switches=("gentle", "check_in"))
COLUMNS = Columns(SCRIPT.fields, SCRIPT.switches)


def any_script(data: bytes) -> None:
    (FOLDER / "any.j2").write_bytes(data)
    loaded = load("any", [FOLDER])
    answers = {each.name: answer(each) for each in loaded.fields}
    fill(loaded, answers, dict.fromkeys(loaded.switches, True), 20, personalise.FILTERS)


def answer(field: Field) -> Answer:
    plain: dict[str, Answer] = {"text": f"my {CANARY}", "whole": field.least}
    return plain.get(field.kind) or field.choices[0]


def any_listener(data: bytes) -> None:
    path = FOLDER / "any.toml"
    path.write_bytes(data)
    listener = personalise.check(SCRIPT, personalise.read_listener(path))
    personalise.speakable(SCRIPT, listener, "en")
    for told in map(str, listener.answers.values()):
        assert personalise.yours(personalise.yours(told)) == personalise.yours(told)
    path.write_bytes(personalise.listener_toml(listener).encode())
    assert personalise.check(SCRIPT, personalise.read_listener(path)) == listener


def any_roster(data: bytes) -> None:
    path = FOLDER / "any.csv"
    path.write_bytes(data)
    told = {row.id: row.details for row in roster.read(path, COLUMNS).rows}
    for name in [*told][:3]:
        path.write_bytes(data)
        left = roster.without(path, name)
        path.write_bytes(left)
        others = {row.id: row.details for row in roster.read(path, COLUMNS).rows}
        assert others == {each: told[each] for each in told if each != name}
    path.write_bytes(data)
    assert roster.without(path, "nobody-here") == data or "nobody-here" in told


def any_delivery(data: bytes) -> None:
    for read in (gauge.mpeg, gauge.tag, pixels.header):
        with suppress(CheckError):
            read(io.BytesIO(data))
    for form in ("vtt", "srt"):
        assert gauge.transcript(data, form).form == form
    assert gauge.chapters(data).form == "json"
    assert gauge.feed(data).root.name


TARGETS: dict[str, Callable[[bytes], None]] = {
    "script": any_script,
    "listener": any_listener,
    "roster": any_roster,
    "delivery": any_delivery,
}


def held_to(target: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """The target, and what must hold for every input."""

    def one_input(data: bytes) -> None:
        started_s = time.perf_counter()
        try:
            target(data)
        except MeditationError as error:
            many = error.found if isinstance(error, MistakesError) else (error,)
            for told in map(str, many):
                answers = (CANARY.lower(), UNNAMED.lower())
                assert not any(each in told.lower() for each in answers), "repeats an answer"
                kinds = {unicodedata.category(each) for each in told}
                assert "Cc" not in kinds, "more than a line"
        assert time.perf_counter() - started_s < QUICK_S, "takes too long"

    return one_input


if __name__ == "__main__":
    bounds.deadline = nullcontext  # the bounds must hold without it, and the fuzzer has the alarm
    atheris.Setup([sys.argv[0], *sys.argv[2:]], held_to(TARGETS[sys.argv[1]]))
    atheris.Fuzz()
