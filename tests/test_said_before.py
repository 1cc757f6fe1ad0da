"""What has to be said before the opening bell: who speaks, and when not to listen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import welch
from written import script, texts

from generator import api, pipeline, system, wording
from generator.audio import RATE_HZ, to_frames
from generator.errors import UsageError
from generator.model import Job, Listener, Voice
from generator.script import available, load

BODY = """{{ bell("bowl") }} {{ chapter("Arriving") }} Find a place to rest. {{ rest(20) }}
You can stay a while. {{ rest(20) }} Come back. {{ pause(12) }} {{ bell("bowl") }}"""
CHANGING = BODY.replace("You can", '{{ bed("rain + binaural:180:8-4") }} You can')
SAY = wording.wording("en")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> system.Folders:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return system.folders()


def job(folders: system.Folders, body: str = BODY, front: str = "none", **wishes: object) -> Job:
    language = str(wishes.pop("language", "en"))
    written = script(body, bed=front, least_s=10.0, language=language)
    return api.job_for(written, Listener(), api.Wishes(**wishes), folders)  # type: ignore[arg-type]


def said_before(wanted: Job) -> list[str]:
    """Everything that is spoken before the first sentence of the script, in order."""
    said = texts(pipeline.cues_of(wanted))
    return said[: said.index("Find a place to rest.")]


def test_over_a_plain_bed_nothing_is_said_before(folders: system.Folders) -> None:
    for name in ("drone", "rain+drone", "none"):
        assert said_before(job(folders, bed=name)) == []


def test_a_binaural_bed_says_when_not_to_listen_wherever_it_was_chosen(
    folders: system.Folders,
) -> None:
    chosen = (
        job(folders, bed="binaural"),
        job(folders, bed="rain + binaural:200:10-4"),
        job(folders, front="binaural:180:5"),
        job(folders, body=CHANGING),
        job(folders, body=CHANGING, bed="drone", profile="library"),
    )
    for wanted in chosen:
        assert said_before(wanted) == [SAY.driving]


def test_a_track_for_sleeping_says_it_over_any_bed(folders: system.Folders) -> None:
    for name in ("none", "ocean", "binaural"):
        assert said_before(job(folders, bed=name, profile="sleep")) == [SAY.driving]


def test_who_speaks_comes_before_when_not_to_listen(folders: system.Folders) -> None:
    podcast = job(folders, bed="binaural", profile="podcast")
    assert said_before(podcast) == [SAY.spoken_disclosure, SAY.driving]
    assert said_before(job(folders, profile="podcast")) == [SAY.spoken_disclosure]


def test_it_is_said_in_the_language_of_the_script(folders: system.Folders) -> None:
    spanish = job(folders, bed="binaural", language="es-MX")
    assert said_before(spanish) == [wording.wording("es").driving]
    assert said_before(spanish) != [SAY.driving]


@pytest.mark.parametrize("slug", available(system.folders().scripts))
@pytest.mark.parametrize(
    "wishes", [{"profile": "sleep"}, {"profile": "podcast", "bed": "binaural+drone"}]
)
def test_a_script_can_still_be_every_length_it_promises(
    folders: system.Folders, slug: str, wishes: dict[str, str]
) -> None:
    chosen = load(slug, folders.scripts)
    if wishes["profile"] in chosen.not_for:
        with pytest.raises(UsageError, match="not made for the profile 'sleep'"):
            api.job_for(chosen, Listener(), api.Wishes(**wishes), folders)
        return
    for gentle in (False, True):
        listener = Listener(switches={"gentle": gentle})
        for length_s in (chosen.least_s, chosen.most_s):
            wanted = api.job_for(chosen, listener, api.Wishes(**wishes), folders)
            wanted = replace(wanted, length_s=length_s)
            timeline = pipeline.outline(wanted, pipeline.cues_of(wanted))
            assert timeline.frames == to_frames(length_s)
            assert timeline.spoken[0].end_frame < timeline.strikes[0].start_frame


def test_a_track_lies_on_tones_that_sweep_to_its_end_and_says_so_first(
    folders: system.Folders, voice: Voice
) -> None:
    wanted = replace(job(folders, bed="binaural:180:10-4+brown", length="1m"), voice=voice)
    made = pipeline.render(wanted, folders)
    assert made.timeline.spoken[0].phrase.text == SAY.driving
    assert [span.name for span in made.timeline.beds] == ["binaural:180:10-4+brown"]
    samples, _rate = soundfile.read(made.path)
    quiet = max(made.timeline.silences, key=lambda each: each.frames)
    middle = quiet.start_frame + quiet.frames // 2
    piece = samples[middle - 3 * RATE_HZ : middle + 3 * RATE_HZ]
    hz, power = welch(piece, RATE_HZ, "hann", 2 * RATE_HZ, axis=0)
    near = (hz > 170) & (hz < 190)
    left_hz, right_hz = hz[near][power[near].argmax(axis=0)]
    beat_hz = 10 - 6 * middle / made.timeline.frames
    assert right_hz - left_hz == pytest.approx(beat_hz, abs=0.6)
    assert (left_hz + right_hz) / 2 == pytest.approx(180.0, abs=0.5)


def test_under_the_end_of_a_track_there_is_still_the_room(
    folders: system.Folders, voice: Voice
) -> None:
    wanted = replace(job(folders, bed="rain", length="1m"), voice=voice)
    samples, _rate = soundfile.read(pipeline.render(wanted, folders).path)
    for edge in (samples[2_400:4_800], samples[-2_400:]):
        level_dbfs = 10 * np.log10(np.mean(edge**2))
        assert -80.0 < level_dbfs < -45.0
