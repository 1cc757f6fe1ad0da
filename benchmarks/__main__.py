"""``make bench``: prints what a render costs, as ratios of things measured in the same run.

Every figure is a median; machines differ and drift, ratios less so. Needs a quiet machine and takes
a few minutes.
"""

from __future__ import annotations

import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pedalboard.io import AudioFile

from benchmarks import listeners, plain_pydub
from generator import api, bed, mix, personalise, pipeline, plan, script, speech, system
from generator.audio import RATE_HZ, to_seconds
from generator.model import BedSpan, Job, Stage, Timeline

HERE = Path(__file__).parent
ROUNDS = 3


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MEDITATE_HOME"] = folder
        out = Path(folder) / "out"
        out.mkdir()
        folders = system.folders(HERE / "scripts")
        cold(out, folders)
        warm(out, folders)
        memory(out)
    latency()


def job(out: Path, folders: system.Folders, length: str, label: str) -> Job:
    chosen = script.load("long-sit", folders.scripts)
    wishes = api.Wishes(length=length, out=out, label=label)
    return api.job_for(chosen, personalise.check(chosen, {}), wishes, folders)


def cold(out: Path, folders: system.Folders) -> None:
    """One render with nothing kept from before: where the time goes."""
    ended: dict[Stage, float] = {}
    started = time.perf_counter()
    made = pipeline.render(job(out, folders, "20m", "cold"), folders, _noting(ended))
    whole_s = time.perf_counter() - started
    voice_s = ended[Stage.SPEAK] - started
    said_s = to_seconds(made.timeline.speech_frames)
    print(
        f"cold 20-minute render: {voice_s:.1f} s in the voice, {whole_s - voice_s:.1f} s elsewhere"
    )
    print(f"  the voice speaks {said_s / voice_s:.1f} times faster than real time")


def _noting(ended: dict[Stage, float]) -> Callable[[Stage, int, int], None]:
    def note(stage: Stage, _done: int, _total: int) -> None:
        ended[stage] = time.perf_counter()

    return note


def warm(out: Path, folders: system.Folders) -> None:
    """All clips kept: the whole render against the bare encoder, with its proof and without."""
    wanted = job(out, folders, "20m", "cold")
    timeline, tracks = _tracks(wanted, folders)
    samples = np.concatenate(list(mix.summed(mix.blocks(timeline, tracks))))
    bare, ours, checks, proofs = [], [], [], []
    finished = wanted.out / wanted.label / "long-sit-20m.mp3"
    for _round in range(ROUNDS):
        bare.append(_bare_s(out / "bare.mp3", samples))
        render_s, check_s = _render_s(wanted, folders)
        ours.append(render_s - check_s)
        checks.append(check_s)
        proofs.append(_timed(lambda: pipeline.verified(finished, pipeline.silent)))
    pydub_s = _timed(lambda: plain_pydub.assemble(timeline, tracks, out / "pydub.mp3"))
    encoder_s, ours_s = statistics.median(bare), statistics.median(ours)
    checked_s = statistics.median(map(sum, zip(ours, checks, strict=True)))
    print(f"warm 20-minute render, with its proof: {checked_s:.1f} s")
    print(f"  {checked_s / encoder_s:.2f} times the bare encoder ({encoder_s:.1f} s); bar 1.8")
    print(f"  its proof takes {statistics.median(checks):.1f} s of that")
    print(
        f"meditate verify of that track, in this process: {statistics.median(proofs):.1f} s; bar 5"
    )
    print(f"warm 20-minute render, without its proof: {ours_s:.1f} s")
    print(f"  {ours_s / encoder_s:.2f} times the bare encoder ({encoder_s:.1f} s); bar 0.6")
    print(f"  {ours_s / pydub_s:.2f} times a plain pydub script ({pydub_s:.1f} s)")
    mixing(wanted, timeline, tracks)


def mixing(wanted: Job, timeline: Timeline, tracks: mix.Tracks) -> None:
    """Making each bed and mixing the whole track on it, without limiter and encoder."""
    for name in (*bed.BEDS, "rain+drone+binaural"):
        spans = (BedSpan(name, 0),)
        laid = dataclasses.replace(timeline, beds=spans)

        def work(laid: Timeline = laid) -> None:
            made = pipeline.tracks(wanted, laid, tracks.clips)
            for _block in mix.summed(mix.blocks(laid, made)):
                pass

        mixing_s = statistics.median(_timed(work) for _ in range(ROUNDS))
        speed = to_seconds(timeline.frames) / mixing_s
        print(f"  making and mixing {name}: {speed:.0f} times real time; bar 150")


def _tracks(wanted: Job, folders: system.Folders) -> tuple[Timeline, mix.Tracks]:
    cues = pipeline.cues_of(wanted)
    phrases = [each.phrase for each in pipeline.outline(wanted, cues).spoken]
    own = folders.listeners / wanted.label / "clips"
    secret = system.secret_key(folders.secret)
    store = speech.ClipStore(folders.cache, own, wanted.out / "scratch", secret)
    clips, _spoken = speech.speak(phrases, wanted.voice, store, lambda _done, _total: None)
    timeline = plan.settle(
        cues,
        lambda phrase: clips[phrase].frames,
        wanted.length_s,
        title=wanted.script.title,
        bed=wanted.bed,
    )
    return timeline, pipeline.tracks(wanted, timeline, clips)


def _bare_s(path: Path, samples: np.ndarray) -> float:
    """Seconds that pedalboard's writer takes for samples that lie ready in memory."""
    started = time.perf_counter()
    with AudioFile(str(path), "w", RATE_HZ, 2, quality=128) as mp3:
        for start in range(0, len(samples), mix.BLOCK_FRAMES):
            mp3.write(samples[start : start + mix.BLOCK_FRAMES].T)
    return time.perf_counter() - started


def _render_s(wanted: Job, folders: system.Folders) -> tuple[float, float]:
    """Seconds of a whole render, clips kept and nothing else, and of the measuring in it."""
    listeners.forget_stretches(folders)
    ended: dict[Stage, float] = {}
    started = time.perf_counter()
    pipeline.render(wanted, folders, _noting(ended))
    return time.perf_counter() - started, ended[Stage.MEASURE] - ended[Stage.ENCODE]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def memory(out: Path) -> None:
    """Peak memory of whole renders in processes of their own, the voice loaded and speaking."""
    for minutes in (10, 25, 60):
        with tempfile.TemporaryDirectory() as home:
            run = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "benchmarks.peak",
                    str(HERE / "scripts"),
                    f"{minutes}m",
                    out,
                ],
                env={**os.environ, "MEDITATE_HOME": home},
                capture_output=True,
                text=True,
                check=True,
            )
        peaks = json.loads(run.stdout)
        print(
            f"peak memory of a {minutes}-minute render: {peaks['cold']:.0f} MB with the voice"
            f" speaking, {peaks['warm']:.0f} MB with all clips kept; bar 400"
        )


def latency() -> None:
    meditate = Path(sys.executable).parent / "meditate"
    for words, bar_s in ((["--help"], 0.15), (["render", "care-circuit", "--help"], 0.25)):
        command = [str(meditate), *words]
        times = [_started_s(command) for _ in range(10)]
        print(f"meditate {' '.join(words)}: {statistics.median(times):.3f} s; bar {bar_s} s")


def _started_s(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
