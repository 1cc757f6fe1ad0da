"""What a listener tells us is where it belongs and nowhere else, whatever happens to the render."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import certifi
import fake_service
import mutagen.id3
import pytest
from canaries import search
from driver import SCRIPT, Home, home_at, render, run

from generator.cli import app, keep  # noqa: F401  its commands join the group
from generator.errors import UsageError

LABEL = "guest-a"
PICTURE = ("--picture", "track.png", "--stems", ".")
CANARIES = {
    "name": "Quillfeather",
    "care_object": "Fjörnbläser",
    "aim": "zwixelmond",
    "pronoun": "xyzzyne",
    "label": "Vorpalina",
    "file": "Snickersnee",
    "said": "Jubjubry",
}
"""A word for every way in which something told comes in."""

DETAILS = (
    *("--name", CANARIES["name"]),
    *("--care-object", f"my heron {CANARIES['care_object']}"),
    *("--aim", f"to find my {CANARIES['aim']}"),
    *("--pronoun", "she", "--age", "7", "--for", LABEL),
)


def nothing(_home: Home) -> None:
    pass


@dataclass(frozen=True)
class Run:
    """A render that is told canaries, what happens to it, and what it must answer with."""

    name: str
    code: int
    args: tuple[str, ...] = render(*DETAILS)
    fault: str = ""
    prepare: Callable[[Home], None] = nothing
    service: str | None = None
    """What an online service does from the second request on; None where none is asked."""
    files: tuple[str, ...] = field(default=())
    """What holds the answers by the user's own wish, and goes when the listener is forgotten."""


def listener_file(home: Home) -> None:
    (home.work / "who.toml").write_text(
        f'name = "{CANARIES["file"]}"\nname_said = "{CANARIES["said"]}"\n'
        f'aim = "to find my {CANARIES["aim"]}"\n'
    )


def broken_sound(home: Home) -> None:
    (home.work / "who.toml").write_text(
        f'name = "{CANARIES["file"]}"\nname_said = "/{CANARIES["said"]}/"\n'
    )


def broken_listener_file(home: Home) -> None:
    (home.work / "who.toml").write_text(f'name = "{CANARIES["file"]}\n')


def unknown_key(home: Home) -> None:
    (home.work / "who.json").write_text(json.dumps({f"{CANARIES['file']} x": "y"}))


def says(word: str) -> Callable[[Home], None]:
    """The phrase that speaks a detail does to the engine what that word asks for."""

    def prepare(home: Home) -> None:
        home.write_script("small", SCRIPT.replace("here you are", f"{word} you are"))

    return prepare


def broken_script(body: str) -> Callable[[Home], None]:
    return lambda home: home.write_script("small", SCRIPT + body)


def a_file_instead_of(*parts: str) -> Callable[[Home], None]:
    def prepare(home: Home) -> None:
        path = home.root.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("in the way")

    return prepare


def done_before(home: Home) -> None:
    assert run(home, *render(*DETAILS)).returncode == 0


def another_track(home: Home) -> None:
    made = run(home, *render("--for", LABEL))
    assert made.returncode == 0, made.stderr


def told(field_name: str, value: str, *more: str) -> tuple[str, ...]:
    return render(*DETAILS, f"--{field_name}", value, *more)


def online(name: str, code: int, service: str, *more: str) -> Run:
    """A render by the online voice, whose service does that from the second request on."""
    args = ("render", "small", "--voice", "gtts-en", "--no-input", *DETAILS)
    consent = ("--consent-online",) if "--no-consent" not in more else ()
    more = tuple(each for each in more if each != "--no-consent")
    return Run(f"online, {name}", code, (*args, *consent, *more), "hurried", service=service)


ONLINE = (
    online("done", 0, ""),
    online("nobody agreed", 2, "", "--no-consent"),
    online("another voice instead", 0, "500", "--fallback", "fork"),
    online("blocked", 1, "429"),
    online("blocked for an hour", 1, "429 Retry-After=3600"),
    *(
        online(fault, 1, fault)
        for fault in (
            *("302", "403", "500", "stall", "cut", "cut-in-the-body", "slow-bytes", "page"),
            *("no-audio", "empty-audio", "truncated", "garbage-audio", "silence", "not-http"),
            *("deep-json", "bomb"),
        )
    ),
    online("a stranger answers", 1, "untrusted"),
)

RUNS = (
    Run("done", 0),
    Run("done without lyrics", 0, render(*DETAILS, "--no-text", "--json")),
    Run("done for a new label", 0, render(*DETAILS[:-2])),
    Run("done again", 0, prepare=done_before),
    Run("answers kept", 0, render(*DETAILS, "--save-listener", "kept.toml"), files=("kept.toml",)),
    Run(
        "a listener file",
        0,
        render("--listener", "who.toml", "--for", LABEL),
        prepare=listener_file,
        files=("who.toml",),
    ),
    Run("kept clips vanished", 0, fault="vanished"),
    Run("another format, a picture", 0, render(*DETAILS, "--format", "flac", *PICTURE)),
    Run("killed with a picture", -9, render(*DETAILS, *PICTURE), fault="killed late"),
    Run("no cache", 0, prepare=a_file_instead_of("data", "cache", "clips")),
    Run("a value too long", 2, told("name", CANARIES["name"] * 20)),
    Run("a value with markup", 2, told("name", f"[{CANARIES['name']}]")),
    Run("a value with a control", 2, told("aim", f"{CANARIES['aim']}\x07")),
    Run("a value that speaks of harm", 2, told("aim", f"{CANARIES['aim']} to kill myself")),
    Run("a word that is no choice", 2, told("pronoun", CANARIES["pronoun"])),
    Run("a word that is no number", 2, told("age", CANARIES["name"])),
    Run("an option nobody knows", 2, told("nmae", CANARIES["name"])),
    Run("words without quotes", 2, told("name", "my", CANARIES["name"])),
    Run("a value before the script", 2, ("render", f"--name={CANARIES['name']}", "small")),
    Run(
        "a label that tells",
        2,
        render("--name", CANARIES["label"], "--for", f"x-{CANARIES['label'].lower()}"),
    ),
    Run("a label that cannot be", 2, render(*DETAILS[:-1], "../up")),
    Run("the public label", 2, render(*DETAILS[:-1], "public")),
    Run("a length that cannot be", 2, told("length", "55m")),
    Run("a folder that is not there", 2, told("out", "nowhere")),
    Run("a voice that is not there", 2, told("voice", "nobody")),
    Run("answers that cannot be kept", 2, told("save-listener", "nowhere/kept.toml")),
    Run(
        "a broken listener file",
        2,
        render("--listener", "who.toml", "--for", LABEL),
        prepare=broken_listener_file,
    ),
    Run(
        "a sound that cannot be said",
        2,
        render("--listener", "who.toml", "--for", LABEL),
        prepare=broken_sound,
    ),
    Run(
        "a sentence spoken anew",
        0,
        render("--listener", "who.toml", "--for", LABEL, "--respeak", "Arriving:2"),
        prepare=listener_file,
        files=("who.toml",),
    ),
    Run(
        "a sentence spoken anew that is not there",
        2,
        render("--listener", "who.toml", "--for", LABEL, "--respeak", "Arriving:99"),
        prepare=listener_file,
    ),
    Run(
        "a listener file with a value for a key",
        2,
        render("--listener", "who.json", "--for", LABEL),
        prepare=unknown_key,
    ),
    Run("a script that cannot be read", 2, prepare=broken_script("{{ name.upper() }}")),
    Run("a script that asks too much", 2, prepare=broken_script("{{ pause(name) }}")),
    Run("a track that was there", 2, prepare=another_track),
    Run("the engine refuses", 1, prepare=says("refused")),
    Run("the engine is silent", 1, prepare=says("wordless")),
    Run("the engine says nothing", 1, prepare=says("nothing")),
    Run("the engine is broken", 1, prepare=says("broken")),
    Run("the disk is full", 1, fault="full"),
    Run("no place for what is the listener's", 1, prepare=a_file_instead_of("data", "listeners")),
    Run("no place for the track", 1, prepare=a_file_instead_of("work", "output")),
    Run("the track's own clips vanished", 1, fault="copies gone"),
    Run("a fault of ours", 1, fault="ours"),
    Run("a check not met", 3, fault="check"),
    Run("interrupted", 130, fault="interrupted"),
    Run("terminated", 143, fault="terminated"),
    Run("killed", -9, fault="killed"),
    Run("killed while the files get their names", -9, fault="killed late"),
)


def allowed(home: Home, each: Run) -> set[Path]:
    """The listener's own files: tracks, what is beside them, and what a killed render left."""
    given = {home.work / name for name in ("who.toml", "who.json")} & set(home.work.iterdir())
    kept = {home.work / name for name in each.files}
    own = {path for path in home.work.glob("output/guest-*/*") if path.suffix in SUFFIXES}
    if each.code != -9:
        own = {path for path in own if not path.name.startswith(".")}
    return given | kept | own


SUFFIXES = {".mp3", ".flac", ".vtt", ".json", ".failed"}


def with_the_real_voice(each: Run) -> Run:
    args = tuple("joe" if word == "fork" else word for word in each.args)
    return replace(each, name=f"{each.name}, by the real voice", args=args)


SLOW = (
    "killed with a picture",
    "done without lyrics",
    "done again",
    "done for a new label",
    "no cache",
)
QUICK = (
    "online, done",
    "online, nobody agreed",
    "online, another voice instead",
    "online, blocked",
)
BY_PIPER = ("done", "a listener file", "kept clips vanished", "the disk is full", "killed")
PARAMETERS = [
    *(pytest.param(r, marks=[pytest.mark.slow] if r.name in SLOW else []) for r in RUNS),
    *(pytest.param(r, marks=[] if r.name in QUICK else [pytest.mark.slow]) for r in ONLINE),
    *(
        pytest.param(with_the_real_voice(r), marks=pytest.mark.slow)
        for r in RUNS
        if r.name in BY_PIPER
    ),
]


@pytest.mark.parametrize("each", PARAMETERS, ids=lambda each: each.name)
def test_what_was_told_is_where_it_belongs_and_nowhere_once_forgotten(
    each: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = home_at(tmp_path / "home")
    each.prepare(home)
    with answering(each.service, tmp_path) as more:
        done = run(home, *each.args, fault=each.fault, more=more)
    assert done.returncode == each.code, done.stderr.decode()
    found = search(home.root, CANARIES, {"out": done.stdout, "err": done.stderr})
    assert found.files >= 2
    assert found.size_bytes > 1_000
    assert found.places <= allowed(home, each), found.findings
    if each.code == 0:
        assert found.places, "a search that finds nothing in the transcript finds nothing"
        only_the_lyrics_tell(home)
    monkeypatch.setenv("MEDITATE_HOME", str(home.data))
    monkeypatch.chdir(home.work)
    for label in {LABEL, *(path.name for path in home.work.glob("output/guest-*"))}:
        with contextlib.suppress(UsageError):  # where nothing was made there is nothing to forget
            app.main(["forget", label], standalone_mode=False)
        with pytest.raises(UsageError, match="nothing of that label was found") as again:
            app.main(["forget", label], standalone_mode=False)
        said = "".join(capsys.readouterr()) + str(again.value)
        assert not search(tmp_path / "nowhere", CANARIES, {"said": said.encode()}).findings
    found = search(home.root, CANARIES)
    assert found.places <= never_recorded(home, each), found.findings
    assert not list(home.work.glob("output/guest-*"))
    assert not [*home.work.rglob("*.flac"), *home.work.rglob("*.png")], "they tell, if not in words"
    assert not list(home.data.glob("listeners/*"))


@contextlib.contextmanager
def answering(service: str | None, folder: Path) -> Iterator[dict[str, str]]:
    """What a process must know to ask the service, which answers well once and then does that."""
    if service is None:
        yield {}
        return
    with fake_service.running(folder) as running:
        running.faults = [""]
        more = fake_service.environment(running)
        if service == "untrusted":
            yield {**more, "REQUESTS_CA_BUNDLE": certifi.where()}
        else:
            running.always = service
            yield more


def never_recorded(home: Home, each: Run) -> set[Path]:
    """What the user gave to a render that was refused: it made nothing, and took no note."""
    return {home.work / "who.toml", home.work / "who.json"} if each.code == 2 else set()


def only_the_lyrics_tell(home: Home) -> None:
    for path in home.work.glob("output/guest-*/*.mp3"):
        for frame in mutagen.id3.ID3(path).values():
            if frame.FrameID != "USLT":
                text = frame.pprint().casefold()
                assert not [each for each in CANARIES.values() if each.casefold() in text]
    for path in home.work.glob("output/guest-*/*.timeline.json"):
        facts = json.dumps(json.loads(path.read_text())["facts"]).encode()
        assert not search(home.root / "nowhere", CANARIES, {"facts": facts}).findings


# --- the search itself ------------------------------------------------------------------------

WORD = CANARIES["care_object"]


@pytest.mark.parametrize(
    "written",
    [
        WORD.encode(),
        WORD.upper().encode(),
        WORD.casefold().encode("utf-16-le"),
        WORD.encode("utf-16-be"),
        quote(WORD).encode(),
        json.dumps(WORD).encode(),
        ascii(WORD).encode(),
        base64.b64encode(f"  {WORD} ".encode()),
        base64.b64encode(f" {WORD}  ".encode()),
        base64.b64encode(f"{WORD}  ".encode()),
        base64.urlsafe_b64encode(f"Let {WORD} come".encode("utf-16-le")),
        WORD.encode("ascii", "xmlcharrefreplace"),
    ],
)
def test_a_canary_is_found_however_it_is_written(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "file").write_bytes(b"before " + written + b" after")
    found = search(tmp_path, {"care_object": WORD}, {"err": written})
    assert found.places == {tmp_path / "file", Path("err")}
    assert (found.canaries, found.files) == (1, 1)


def test_a_canary_is_found_in_a_name_and_not_where_it_is_not(tmp_path: Path) -> None:
    (tmp_path / f"x{WORD}" / "y").mkdir(parents=True)
    (tmp_path / "plain").write_bytes(b"Fj rnbl ser" * 100)
    (tmp_path / "link").symlink_to(WORD)
    found = search(tmp_path, {"care_object": WORD})
    assert {each.name for each in found.places} == {f"x{WORD}", "y", "link"}
