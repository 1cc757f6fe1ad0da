"""Inputs bred to break the readers of scripts, listener files, rosters and other people's tracks.

The same ones every time: what passes here passes elsewhere. ``make fuzz`` breeds new ones for as
long as it is told; what it finds is mended, and named in a test.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest
from deliveries import FEED
from hostile_scripts import BODIES, FRONTS, PLAIN_FRONT

from generator.personalise import FILTERS
from generator.script.cues import CUES

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent
ROOT = TESTS.parent
RUNS = {"script": 6_000, "listener": 60_000, "roster": 40_000, "delivery": 40_000}
SECONDS = int(os.environ.get("MEDITATE_FUZZ_SECONDS", "0"))
"""For so long new inputs are bred, instead of the same ones."""
PATIENCE_S = 180
LEAST_RUNS = 500
"""Fewer would mean that the harness does something else than what it should."""
EXPECTED = sys.platform == "linux" and platform.machine() == "x86_64" and sys.version_info < (3, 14)
"""Where atheris can be had."""

LISTENERS = (
    'name = "Quillfeather"\nage = 7\ngentle = true\n',
    'care_object = "my old dog Quillfeather"\npronoun = "he"\n',
    '{"name": "Quillfeather", "age": 7, "check_in": false}',
    '\ufeff{"name": "Dr. M\\u00fcller, Quillfeather", "pronoun": "they"}',
    '[name]\nfirst = "Quillfeather"\n',
    'quillfeather = "x"\n',
    'gentle = "Quillfeather"\n',
    'age = "Quillfeather"\n',
    'pronoun = "Quillfeather"\n',
    'name = ["Quillfeather"]\n',
    'name = """\nI am Quillfeather, and I never really was"""\n',
)
ROSTERS = (
    'id,name,care_object\r\nguest-1,Fjörnbläser,"my ""old"" dog"\r\nguest-2,,\r\n',
    "sep=;\nid;name;gentle\n# help;;\na;Fjörnbläser;yes\nb;;x\n\n",
    '\ufeffname\tid\n"Fjörnbläser\n2"\ta\n',
    "id,name\na,Fjörnbläser\nA,Fjörnbläser\n",
    "Fjörnbläser,name\n",
    'id,name\na,"Fjörnbläser\nb,=1\n',
    "id,age\na,Fjörnbläser,7\n",
    "id,gentle\rFjörnbläser,Fjörnbläser\r",
)
PICTURE = b"\0image/jpeg\0\x03\0\xff\xd8\xff\xc0\0\x11\x08\0\x09\0\x09\x03" + bytes(9)


def frame(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4) + b"\0\0" + body


def seeds(kind: str) -> list[bytes]:
    if kind == "listener":
        return [each.encode() for each in LISTENERS]
    if kind == "roster":
        return [each.encode() for each in ROSTERS] + [each.encode("utf-16") for each in ROSTERS]
    if kind == "delivery":
        frames = bytes.fromhex("fffb9444").ljust(384, b"\0") * 8
        tag = frame(b"TIT2", b"\0x") + frame(b"CHAP", b"a\0" + bytes(16)) + frame(b"APIC", PICTURE)
        head = b"ID3\x03\0\0\0\0" + bytes([len(tag) >> 7, len(tag) & 0x7F])
        return [frames, head + tag + frames, FEED.encode()]
    ours = [path.read_bytes() for path in (ROOT / "scripts").glob("*.j2")]
    bodies = [f"+++\n{PLAIN_FRONT}+++\n{each}" for kinds in BODIES.values() for each in kinds]
    fronts = [f"+++\n{each}\n+++\nSit down.\n" for each in FRONTS]
    short = [each.encode("utf-8", "replace") for each in (*bodies, *fronts) if len(each) < 2_000]
    return ours + short


def words(kind: str) -> list[str]:
    if kind == "listener":
        names = ["name", "care_object", "pronoun", "age", "gentle", '"Quillfeather"']
        return [*names, " = ", "true", "nan", "\\u0000", "{", "}", "[", '"""', "\n"]
    if kind == "delivery":
        names = ["<item>", "</item>", "<!DOCTYPE", "xmlns:", "&amp;", '="', "WEBVTT\n\n", " --> "]
        tags = ["TXXX", "COMM", "CHAP", "CTOC", "APIC", "ID3", "Info", "LAME", "TAG"]
        return [*names, *tags, "00:01.000", '{"version": "1.2.0", "chapters": [', "startTime"]
    if kind == "roster":
        names = ["id", "name", "care_object", "age", "gentle", "name_said", "sep=;\n", "guest-1"]
        return [
            *names,
            '"',
            '""',
            ",",
            ";",
            "\t",
            "\n",
            "\r\n",
            "\r",
            "#",
            "=",
            "\0",
            "Fjörnbläser",
        ]
    syntax = ["{{ ", " }}", "{% if ", "{% elif ", "{% endif %}", "{% endfor %}", "==", "'x'", "8"]
    front = ["+++\n", "\n[fields.a]\nask = 'x'\n", "\n[lists]\na = [1, 2]\n", "kind = 'whole'\n"]
    cues = [f"{{{{ {name}(8) }}}}" for name in CUES]
    return [*syntax, *front, *cues, *(f" | {name}" for name in FILTERS), "{% for b in a %}"]


def quoted(word: str) -> str:
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"'


@pytest.mark.parametrize("kind", RUNS)
def test_no_input_breaks_a_reader(kind: str, tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        if EXPECTED and os.environ.get("CI"):
            pytest.fail("atheris belongs here: install the dev requirements")
        pytest.skip("atheris cannot be had here")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds(kind)):
        (corpus / f"seed-{number}").write_bytes(seed)
    (tmp_path / "words").write_text("\n".join(map(quoted, words(kind))))
    bred = f"-max_total_time={SECONDS}" if SECONDS else f"-runs={RUNS[kind]} -seed=1"
    flags = f"{bred} -rss_limit_mb=700 -timeout=10 -max_len=16384"
    done = subprocess.run(
        [
            *("sh", "-c", '"$@"; exit $?', "sh"),  # else it counts this process's memory as its own
            sys.executable,
            TESTS / "fuzz" / "harness.py",
            kind,
            corpus,
            *flags.split(),
            f"-dict={tmp_path / 'words'}",
            f"-artifact_prefix={tmp_path}/",
            "-print_final_stats=1",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, TESTS)))},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=SECONDS + PATIENCE_S,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-4_000:]
    runs = re.search(r"number_of_executed_units: (\d+)", said)
    assert runs, said[-4_000:]
    assert int(runs[1]) > LEAST_RUNS
