"""The house keeps its rooms apart: each library in its own, and nothing loaded before its time."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "generator"

ROOMS: dict[str, set[str]] = {
    "PIL": {"graph", "lettering", "picture", "cover"},
    "click": {"cli"},
    "ctranslate2": {"recognise"},
    "faster_whisper": {"recognise"},
    "gtts": {"speech"},
    "inflect": {"personalise"},
    "jinja2": {"script"},
    "mutagen": {"tags"},
    "num2words": {"numerals"},
    "numpy": {"audio", "bed", "bells", "breath", "cover", "crc", "encode", "gauge", "graph"}
    | {"loudness"}
    | {"master", "mix", "playback", "recognise", "recording", "segment", "speech", "takes"}
    | {"verify"},
    "onnxruntime": {"speech"},
    "pedalboard": {"encode", "speech"},
    "piper": {"speech"},
    "platformdirs": {"system"},
    "pydub": {"segment"},
    "requests": {"fetch", "speech"},
    "rich": {"cli"},
    "soundfile": {"encode", "playback", "speech", "unpack"},
    "starlette": {"serving"},
    "urllib3": {"speech"},
    "uvicorn": {"serving"},
}
"""Every library that did not come with Python, and the rooms that may know it."""

PLATFORM_ONLY = ("ctypes", "fcntl", "resource", "signal")
"""What differs from system to system is met in one room."""

QUIET = {
    "course",
    "script",
    "personalise",
    "saying",
    "voices",
    "fetch",
    "plan",
    "platforms",
    "prompter",
    "proofread",
    "roster",
    "shelf",
} | {
    "api",
    "asked",
    "drafts",
    "drive",
    "errors",
    "feed",
    "id3",
    "label",
    "model",
    "numerals",
    "page",
    "phonetic",
    "plain",
    "pixels",
    "plugins",
    "sayable",
    "serving",
    "shortened",
    "toml",
    "traces",
    "wording",
}
"""Rooms that only read and reckon: none of them needs an array."""

FILES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Everything that runs; what is only there for the type checker is not."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for each in node.orelse:
                yield each
                yield from statements(each)
            continue
        yield node
        yield from statements(node)


@cache
def imported(path: Path) -> set[str]:
    """Top-level names of all that a file imports when it runs, inside its functions too."""
    found: set[str] = set()
    for node in statements(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: names are imported from where they live"
            found.add(str(node.module).split(".")[0])
    return found


def rooms_of(library: str) -> set[str]:
    return {room(path) for path in FILES if library in imported(path)}


def third_party() -> set[str]:
    return {
        name
        for path in FILES
        for name in imported(path)
        if name not in sys.stdlib_module_names and name not in ("generator", "__future__")
    }


def test_no_library_is_used_that_is_not_in_the_table() -> None:
    assert third_party() <= set(ROOMS)


@pytest.mark.parametrize("library", ROOMS)
def test_each_library_is_met_in_its_own_rooms_only(library: str) -> None:
    assert rooms_of(library) <= ROOMS[library]
    assert rooms_of(library), "a library nobody uses is not in the table"


@pytest.mark.parametrize("module", PLATFORM_ONLY)
def test_what_differs_between_systems_is_met_in_one_room(module: str) -> None:
    assert rooms_of(module) <= {"system"}


@pytest.mark.parametrize("quiet", sorted(QUIET))
def test_a_room_that_only_reads_and_reckons_needs_no_arrays(quiet: str) -> None:
    used = {name for path in FILES if room(path) == quiet for name in imported(path)}
    assert not used & {"numpy", "scipy", "soundfile", "pedalboard"}


def test_nothing_is_printed_but_in_the_porch() -> None:
    for path in FILES:
        if room(path) == "cli":
            continue
        calls = [n for n in statements(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
        assert not [n.lineno for n in calls if ast.unparse(n.func) in ("print", "input")], path


def at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """What runs when a module is imported: the bodies of functions do not."""
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def test_no_module_looks_at_the_environment_when_it_is_imported() -> None:
    for path in FILES:
        for node in at_import(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                assert ast.unparse(node) not in ("os.environ", "os.getenv", "sys.argv"), path


# --- in a fresh process -----------------------------------------------------------------------


def in_a_fresh_process(code: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *args], cwd=ROOT, capture_output=True, text=True, check=True
    )


@pytest.mark.parametrize(
    ("module", "allowed"), [("generator", set()), ("generator.cli", {"click"})]
)
def test_nothing_heavy_is_loaded_before_it_is_used(module: str, allowed: set[str]) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    loaded = set(json.loads(in_a_fresh_process(code).stdout))
    assert module in loaded
    assert loaded & {"scipy", *ROOMS} <= allowed


def test_a_script_is_listed_and_loaded_without_the_template_engine() -> None:
    code = (
        "import sys; from generator import script, system\n"
        "folders = system.folders().scripts\n"
        "for slug in script.available(folders): script.load(slug, folders)\n"
        "print(sorted({'jinja2', 'numpy', 'inflect'} & set(sys.modules)))"
    )
    assert in_a_fresh_process(code).stdout == "[]\n"


def test_no_module_prints_or_changes_the_environment_when_it_is_imported() -> None:
    code = """if True:
        import importlib, logging, os, signal, sys
        def state():
            mask = os.umask(0o22)
            os.umask(mask)
            return dict(os.environ), os.getcwd(), mask, signal.getsignal(signal.SIGTERM)
        before = state()
        for name in sys.argv[1:]:
            importlib.import_module(name)
        assert state() == before
        assert not logging.getLogger().handlers
    """
    modules = [path.relative_to(ROOT).with_suffix("") for path in FILES]
    names = [".".join(each.parts).removesuffix(".__init__") for each in modules]
    done = in_a_fresh_process(code, *(name for name in names if "__main__" not in name))
    assert (done.stdout, done.stderr) == ("", "")


def test_the_package_gives_what_it_promises_and_nothing_else() -> None:
    import generator

    assert set(generator.__all__) == {"Episode", "MeditationError", "render"}
    assert all(getattr(generator, name) is not None for name in generator.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'rendr'"):
        _ = generator.rendr
