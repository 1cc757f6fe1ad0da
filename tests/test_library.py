"""A course built for listeners: whole, and again only what changed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import mutagen.id3
import pytest
import soundfile
from libraries import Library, copied, library_at

LISTENERS = {
    "qxada": ("my grandmother Wilhelmina", "Quillfeather"),
    "ben": ("my cat Zanzibar", ""),
    "cy": ("", ""),
}
VALUES = ("Wilhelmina", "Quillfeather", "Zanzibar")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two sessions, each a talk and a practice, for three listeners."""
    library = library_at(tmp_path_factory.mktemp("pristine"))
    library.course()
    library.roster(LISTENERS)
    library.built("--roster", "roster.csv", "--jobs", "2")
    return library


@pytest.fixture
def library(pristine: Library, tmp_path: Path) -> Library:
    """The same, for whoever changes it."""
    return copied(pristine, tmp_path / "copy")


def test_every_listener_has_every_track_of_every_edition_where_it_belongs(
    pristine: Library,
) -> None:
    names = ("01-talks-step-1", "02-step-1", "03-talks-step-2", "04-step-2")
    wanted = {f"{label}/0m20s/{name}.mp3" for label in LISTENERS for name in names}
    assert pristine.tracks.keys() == wanted
    for path in wanted:
        for ending in (".vtt", ".timeline.json"):
            assert (pristine.folder / path).with_suffix(ending).is_file()
    assert pristine.half_made == []


def test_a_practice_lasts_as_long_as_its_edition_and_a_talk_as_it_does(pristine: Library) -> None:
    lengths = {
        path.split("/")[-1]: soundfile.info(pristine.folder / path).frames
        for path in pristine.tracks
        if path.startswith("qxada/")
    }
    assert lengths["02-step-1.mp3"] == lengths["04-step-2.mp3"] == 20 * 48_000
    assert lengths["01-talks-step-1.mp3"] != 20 * 48_000


def test_the_manifest_tells_the_truth_of_every_track(pristine: Library) -> None:
    import hashlib

    document = pristine.manifest
    assert [document[key] for key in ("course", "title", "author")] == [
        "steps",
        "Small Steps",
        "Studio North",
    ]
    told = {each["path"]: each for each in document["tracks"]}
    assert told.keys() == pristine.tracks.keys()
    assert len({each["guid"] for each in told.values()}) == len(told)
    for path, content in pristine.tracks.items():
        entry = told[path]
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["length_s"] == soundfile.info(pristine.folder / path).duration
        assert abs(entry["speech_lufs"] + 16.0) < 0.5
        assert entry["guid"].startswith("urn:uuid:")
        assert entry["id"] == path.split("/")[0]
    whole = (pristine.folder / "manifest.json").read_text()
    assert not any(value in whole for value in VALUES)


def test_tags_number_the_tracks_and_hold_the_course_together(pristine: Library) -> None:
    for path in pristine.tracks:
        tag = mutagen.id3.ID3(pristine.folder / path)
        number = int(path.split("/")[-1][:2])
        assert str(tag["TRCK"]) == f"{number}/4"
        assert (str(tag["TALB"]), str(tag["TPE2"])) == ("Small Steps", "Studio North")
        assert "Call 123." in str(tag.getall("COMM")[0])
    covers = {mutagen.id3.ID3(pristine.folder / path)["APIC:"].data for path in pristine.tracks}
    assert len(covers) == 1


@pytest.mark.slow
def test_a_track_is_called_as_its_session_is_and_a_new_name_speaks_nothing(
    library: Library,
) -> None:
    """The course's own titles and summaries were read and checked, and no listener was told."""
    said = len(library.spoken)
    text = (library.root / "steps.toml").read_text()
    text = text.replace('title = "Step 2"', 'title = "Over {the} hill"\nsummary = "For a walk."')
    (library.root / "steps.toml").write_text(text)
    words = ("--roster", "roster.csv", "--for", "ben")
    lines = library.build(*words, "--explain", "--dry-run").stdout.splitlines()
    assert lines[lines.index("make  ben/0m20s/04-step-2.mp3") + 1].strip() == "session"
    guids = {each["path"]: each["guid"] for each in library.manifest["tracks"]}
    assert library.built(*words)["made"] == 2
    assert len(library.spoken) == said
    mine = {each["number"]: each for each in library.manifest["tracks"] if each["id"] == "ben"}
    titles = ["Step 1, a Talk", "Step 1", "Over {the} hill, a Talk", "Over {the} hill"]
    assert [mine[number]["title"] for number in (1, 2, 3, 4)] == titles
    for number, begins in ((2, "A few sentences."), (3, "A few sentences."), (4, "For a walk.")):
        tag = mutagen.id3.ID3(library.folder / mine[number]["path"])
        assert str(tag["TIT2"]) == titles[number - 1]
        assert str(tag.getall("COMM")[0]).startswith(begins)
        assert mine[number]["guid"] == guids[mine[number]["path"]]


def test_a_sentence_without_details_is_spoken_once_for_all_listeners(pristine: Library) -> None:
    said = pristine.spoken
    assert len(said) == len(set(said))
    assert sum("session one of the practices" in each for each in said) == 1


def test_what_did_not_change_is_not_made_again(library: Library) -> None:
    before = library.tracks
    stamps = {path: (library.folder / path).stat().st_mtime_ns for path in before}
    end = library.built("--roster", "roster.csv")
    assert (end["made"], end["kept"]) == (0, 12)
    assert library.tracks == before
    assert stamps == {path: (library.folder / path).stat().st_mtime_ns for path in before}


def test_a_changed_sentence_alone_is_spoken_and_only_its_session_made_again(
    library: Library,
) -> None:
    said, before = len(library.spoken), library.tracks
    library.script(2, first="This is another beginning.")
    end = library.built("--roster", "roster.csv")
    assert (end["made"], end["kept"]) == (3, 9)
    assert library.spoken[said:] == ["This is another beginning."]
    changed = {path for path, content in library.tracks.items() if before[path] != content}
    assert changed == {f"{label}/0m20s/04-step-2.mp3" for label in LISTENERS}


@pytest.mark.slow
def test_a_listener_more_is_made_alone_and_one_less_is_left_and_told(library: Library) -> None:
    library.roster({**LISTENERS, "dee": ("my friend Otis", "")})
    end = library.built("--roster", "roster.csv")
    assert (end["made"], end["kept"], end["left_over"]) == (4, 12, [])
    library.roster({"dee": ("my friend Otis", "")})
    done = library.build("--roster", "roster.csv")
    assert (
        "not in the roster any more: qxada; 'meditate forget qxada' removes it all" in done.stdout
    )
    assert len(library.tracks) == 16


def test_a_detail_that_changed_is_named_as_the_reason_and_not_told(library: Library) -> None:
    library.roster({**LISTENERS, "ben": ("my cat Zanzibar", "the kitchen")})
    done = library.build("--roster", "roster.csv", "--explain", "--dry-run")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines.count("keep  qxada/0m20s/02-step-1.mp3") == 1
    assert lines[lines.index("make  ben/0m20s/02-step-1.mp3") + 1].strip() == "detail place"
    assert lines[-1].startswith("4 to make, 8 there; about ")
    assert "kitchen" not in done.stdout + done.stderr
    assert library.tracks.keys() == {each["path"] for each in library.manifest["tracks"]}


def test_a_sentence_that_changed_is_shown_unless_it_speaks_a_detail(library: Library) -> None:
    path = library.home / "scripts" / "step-2.j2"
    path.write_text(
        path.read_text().replace("That is all", "That was all").replace("come to", "be in")
    )
    done = library.build("--roster", "roster.csv", "--explain", "--dry-run", "--for", "qxada")
    told = done.stdout
    assert "script" in told
    assert "new: That was all for 2." in told
    assert "gone: That is all for 2." in told
    assert "new: 1 with a detail" in told
    assert not any(value in told for value in VALUES)


@pytest.mark.slow
def test_sessions_and_listeners_can_be_chosen(library: Library) -> None:
    shutil.rmtree(library.folder)
    words = ("--roster", "roster.csv", "--only", "2", "--only", "step-1", "--for", "ben")
    assert library.built(*words)["made"] == 4
    assert {path.split("/")[0] for path in library.tracks} == {"ben"}
    done = library.build("--roster", "roster.csv", "--only", "step-9")
    assert done.returncode == 2
    assert "there is no session 'step-9'. Did you mean" in done.stderr


@pytest.mark.slow
def test_without_a_roster_it_is_the_public_edition_and_listeners_stay(library: Library) -> None:
    end = library.built("--date", "2026-05-01")
    assert (end["made"], end["left_over"]) == (4, [])
    public = [path for path in library.tracks if path.startswith("public/")]
    assert len(public) == 4
    assert len(library.manifest["tracks"]) == 16
    dates = {each["date"] for each in library.manifest["tracks"] if each["id"] == "public"}
    assert dates == {"2026-05-01"}


def test_a_detail_of_the_course_makes_no_track_personal(tmp_path: Path) -> None:
    library = library_at(tmp_path)
    library.course(1, more='[details]\nplace = "the meadow"\nplace_said = "the MED-oh"\n')
    assert library.built("--date", "2026-05-01")["made"] == 2
    document = json.loads((library.folder / "public/0m20s/02-step-1.timeline.json").read_text())
    spoken = {each["text"]: each["personal"] for each in document["phrases"]}
    assert spoken["Stay a while in the meadow."] is False
    assert document["facts"]["date"] == "2026-05-01"
    assert "Stay a while in the med-oh." in library.spoken
    library.roster({"qxada": ("my cat Zanzibar", "here")})
    done = library.build("--roster", "roster.csv")
    assert done.returncode == 2
    assert "place" in done.stderr


def test_a_key_of_the_course_among_its_details_is_told_where_it_belongs(tmp_path: Path) -> None:
    """TOML makes one of whatever stands below: it was told of fields that nobody had looked for."""
    library = library_at(tmp_path)
    library.course(1, more='[details]\ngentle = true\nprofile = "sleep"\n')
    done = library.build()
    told = "steps.toml:13: 'profile' is no detail. Move it above the first line in brackets."
    assert (done.returncode, done.stderr) == (2, f"meditate: {told}\n")


@pytest.mark.slow
def test_every_edition_has_a_folder_and_an_album_of_its_own(tmp_path: Path) -> None:
    library = library_at(tmp_path)
    library.course(1, talks=False)
    text = (library.root / "steps.toml").read_text()
    (library.root / "steps.toml").write_text(text.replace('["0m20s"]', '["natural", "1m"]'))
    assert library.built()["made"] == 2
    albums = {path: str(mutagen.id3.ID3(library.folder / path)["TALB"]) for path in library.tracks}
    assert albums == {
        "public/1m/01-step-1.mp3": "Small Steps (1m)",
        "public/natural/01-step-1.mp3": "Small Steps (natural)",
    }


def test_nothing_is_spoken_while_anything_in_the_roster_or_the_course_is_wrong(
    library: Library,
) -> None:
    said = len(library.spoken)
    library.roster({**LISTENERS, "Qxada": ("x", ""), "ben/../x": ("y", "")})
    done = library.build("--roster", "roster.csv")
    assert done.returncode == 2
    assert done.stderr.count("roster.csv: row") == 2
    text = (library.root / "steps.toml").read_text()
    (library.root / "steps.toml").write_text(
        text.replace('"step-1"', '"step-9"').replace('["0m20s"]', '["9m"]')
    )
    done = library.build()
    assert (done.returncode, "steps.toml:14" in done.stderr) == (2, True), done.stderr
    assert len(library.spoken) == said


@pytest.mark.slow
def test_a_track_that_fails_stops_no_other_and_is_tried_again_alone(library: Library) -> None:
    library.script(2, first="Now I refuse.")
    done = library.build("--roster", "roster.csv", "--jobs", "2")
    assert done.returncode == 1
    assert "3 could not be made; the same command tries only those again:" in done.stderr
    assert "cy/0m20s/04-step-2.mp3" in done.stderr
    library.script(2, first="Now I say it.")
    end = library.built("--roster", "roster.csv")
    assert (end["made"], end["kept"], end["faults"]) == (3, 9, [])


def test_what_is_none_of_ours_is_not_replaced_unless_forced(library: Library) -> None:
    track = library.folder / "cy/0m20s/02-step-1.mp3"
    track.with_suffix(".timeline.json").unlink()
    track.write_bytes(b"something of somebody's")
    done = library.build("--roster", "roster.csv")
    assert done.returncode == 1
    assert "something else lies there, which is no track of ours" in done.stderr
    assert track.read_bytes() == b"something of somebody's"
    assert library.built("--roster", "roster.csv", "--force")["made"] == 1


@pytest.mark.slow
def test_a_track_the_course_has_no_more_is_told_and_pruned_when_asked(library: Library) -> None:
    text = (library.root / "steps.toml").read_text()
    (library.root / "steps.toml").write_text(text[: text.rindex("[[sessions]]")])
    done = library.build("--roster", "roster.csv")
    assert done.stdout.count("not in the course any more: ") == 6
    gone = [each["script"] for each in library.manifest["tracks"] if not each["ordered"]]
    assert sorted(gone) == ["step-2"] * 3 + ["talks/step-2"] * 3
    end = library.built("--roster", "roster.csv", "--prune")
    assert end["left_over"] == []
    assert len(library.tracks) == len(library.manifest["tracks"]) == 6
    assert not list(library.folder.rglob("04-*"))


@pytest.mark.slow
def test_a_session_that_moved_keeps_its_guid_and_shares_it_with_nothing_ordered(
    library: Library,
) -> None:
    """Where it lay before was in the manifest as well, under the same guid: a feed had it twice."""
    before = {each["path"]: each["guid"] for each in library.manifest["tracks"]}
    said, path = len(library.spoken), library.root / "steps.toml"
    about, first, second = path.read_text().split("\n[[sessions]]")
    path.write_text("\n[[sessions]]".join((about, second, first)))
    assert library.built("--roster", "roster.csv")["made"] == 12
    assert len(library.spoken) == said
    now = [each for each in library.manifest["tracks"] if each["ordered"]]
    assert {each["path"]: each["guid"] for each in now} == {
        f"{label}/0m20s/{name}.mp3": before[f"{label}/0m20s/{was}.mp3"]
        for label in LISTENERS
        for name, was in (
            ("01-talks-step-2", "03-talks-step-2"),
            ("02-step-2", "04-step-2"),
            ("03-talks-step-1", "01-talks-step-1"),
            ("04-step-1", "02-step-1"),
        )
    }
    assert len({each["guid"] for each in now}) == len(now)
    path.write_text("\n[[sessions]]".join((about, first, second)))
    library.built("--roster", "roster.csv", "--prune")
    assert {each["path"]: each["guid"] for each in library.manifest["tracks"]} == before


@pytest.mark.slow
def test_a_practice_that_comes_twice_has_two_guids_wherever_it_moves(tmp_path: Path) -> None:
    """One took the guid of what had lain in its place, and another had it already."""
    library = library_at(tmp_path)
    library.course(2, talks=False)
    path = library.root / "steps.toml"
    about, one, other = path.read_text().split("\n[[sessions]]")
    path.write_text("\n[[sessions]]".join((about, one, one)))
    library.built()
    before = [each["guid"] for each in library.manifest["tracks"]]
    path.write_text("\n[[sessions]]".join((about, other, one, one)))
    library.built()
    now = {each["number"]: each["guid"] for each in library.manifest["tracks"] if each["ordered"]}
    assert [now[2], now[3]] == before
    assert len(set(now.values())) == 3


@pytest.mark.slow
def test_shards_make_together_what_one_build_makes(library: Library, pristine: Library) -> None:
    shutil.rmtree(library.folder)
    one = library.start("build", "steps.toml", "--roster", "roster.csv", "--shard", "0/2")
    other = library.start(
        "build", "steps.toml", "--roster", "roster.csv", "--shard", "/2", JOB_COMPLETION_INDEX="1"
    )
    assert [each.communicate(timeout=120) and each.returncode for each in (one, other)] == [0, 0]
    assert library.tracks == pristine.tracks
    seal = {"seal"}
    mine, theirs = library.manifest, pristine.manifest
    assert {k: v for k, v in mine.items() if k not in seal} == {
        k: v for k, v in theirs.items() if k not in seal
    }
    assert library.built("--roster", "roster.csv")["made"] == 0
    assert not list(library.folder.glob("manifest.*-of-*"))


def test_a_shard_says_when_trying_again_would_change_nothing(library: Library) -> None:
    library.roster({"qxada": ("=1+1", "")})
    assert library.build("--roster", "roster.csv", "--shard", "0/2").returncode == 42
    assert library.build("--shard", "2/2").returncode == 2
    assert library.build("--shard", "/2").returncode == 2


def test_two_builds_of_one_course_are_not_at_work_at_once(library: Library) -> None:
    from generator.system import locked

    with locked(library.folder) as held:
        assert held
        done = library.build("--roster", "roster.csv")
    assert done.returncode == 1
    assert "is being built by somebody else" in done.stderr


def test_a_dry_run_leaves_nothing(tmp_path: Path) -> None:
    library = library_at(tmp_path)
    library.course(1)
    done = library.build("--dry-run")
    assert done.returncode == 0
    assert not library.folder.exists()
    assert "2 to make, 0 there" in done.stdout
    assert library.spoken == []


def test_files_are_their_owner_s_alone(pristine: Library) -> None:
    """Of whoever told nothing they are anybody's, in a folder that is not."""
    for path in pristine.folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0 or path.parts[-3] == "cy", path


@pytest.mark.parametrize("wanted", ["manifest.json", "Manifest.x"])
def test_nobody_is_called_like_the_course_s_own_files(tmp_path: Path, wanted: str) -> None:
    library = library_at(tmp_path)
    library.course(1)
    library.roster({wanted: ("", "")})
    done = library.build("--roster", "roster.csv")
    assert (done.returncode, "is what the course's own files are called" in done.stderr) == (
        2,
        True,
    )


# --- forgetting -------------------------------------------------------------------------------


def test_whoever_is_forgotten_is_in_no_byte_afterwards(library: Library) -> None:
    everything = library.root
    before = (library.root / "roster.csv").read_bytes()
    done = library.run("forget", "qxada", "--roster", "roster.csv", "--yes")
    assert done.returncode == 0, done.stderr
    assert "not reached: copies that were delivered" in done.stdout
    for path in everything.rglob("*"):
        assert "qxada" not in path.name
        if path.is_file() and path.name != "spoken":
            content = path.read_bytes()
            assert not any(
                word.encode() in content
                for word in ("Wilhelmina", "Quillfeather", '"qxada', "qxada/")
            )
    after = (library.root / "roster.csv").read_bytes()
    assert after == b"".join(
        line for line in before.splitlines(keepends=True) if not line.startswith(b"qxada,")
    )
    end = library.built("--roster", "roster.csv")
    assert (end["made"], end["kept"]) == (0, 8)


def test_a_damaged_manifest_is_made_anew_without_making_a_track(library: Library) -> None:
    path = library.folder / "manifest.json"
    before, content = library.manifest, bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    end = library.built("--roster", "roster.csv")
    assert (end["made"], end["kept"]) == (0, 12)
    assert library.manifest == before


def test_a_track_that_was_changed_since_is_made_again(library: Library) -> None:
    track = library.folder / "qxada/0m20s/02-step-1.mp3"
    before = library.tracks
    content = bytearray(track.read_bytes())
    content[len(content) // 2] ^= 1
    track.write_bytes(content)
    done = library.build("--roster", "roster.csv", "--explain", "--dry-run")
    assert "its files were changed since" in done.stdout
    assert library.built("--roster", "roster.csv")["made"] == 1
    assert library.tracks == before


def test_a_clock_that_was_set_back_changes_nothing(library: Library) -> None:
    for path in library.folder.rglob("*.mp3"):
        os.utime(path, (0, 0))
    end = library.built("--roster", "roster.csv")
    assert (end["made"], end["kept"]) == (0, 12)


def test_a_dry_run_sends_nothing_and_asks_for_no_consent(tmp_path: Path) -> None:
    library = library_at(tmp_path)
    library.course(1, talks=False)
    text = (library.root / "steps.toml").read_text()
    (library.root / "steps.toml").write_text(text.replace('"tone"', '"gtts-en"'))
    assert library.build("--dry-run").returncode == 0
    done = library.build()
    assert done.returncode == 2
    assert "nobody agreed that the words of 1 tracks go to translate.google.com" in done.stderr
