"""The benchmarks themselves: that they can run, not what they measure."""

from generator import personalise, script, system
from generator.api import Wishes, job_for
from generator.pipeline import cues_of, outline


def test_the_script_made_for_measuring_lasts_from_ten_to_sixty_minutes(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    from benchmarks.__main__ import HERE

    folders = system.folders(HERE / "scripts")
    long_sit = script.load("long-sit", folders.scripts)
    for length in ("10m", "20m", "25m", "60m"):
        job = job_for(long_sit, personalise.check(long_sit, {}), Wishes(length=length), folders)
        timeline = outline(job, cues_of(job))
        assert timeline.frames == int(length[:-1]) * 60 * 48_000
