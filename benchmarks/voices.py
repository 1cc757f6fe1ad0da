"""``make bench-voices``: what each voice costs, and that none of them changes a pause.

Every measurement is a process of its own. Kokoro's voice is installed first, by whichever source
answers; the online voice is a server on this machine, so that it costs what asking costs.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import fake_service

from benchmarks.tables import table
from generator import api, personalise, pipeline, script, system, voices
from generator.audio import RATE_HZ, to_seconds
from generator.model import Cue, Episode, Timeline, phrases_in
from generator.pipeline import choosing
from generator.speech import engines, gtts
from generator.speech.polish import polished
from generator.speech.transport import Patience, Transport

SCRIPT = "care-circuit"
SENTENCES = 24
OFFLINE = ("joe", "kokoro-heart", "kokoro-nicole")
ONLINE = "gtts-en"
MP3_FRAME_S = 1_152 / RATE_HZ


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, fake_service.running(Path(folder)) as service:
        os.environ["MEDITATE_HOME"] = folder
        choosing.install(OFFLINE[1:], system.folders(), lambda _done, _total: None)
        os.environ.update(fake_service.environment(service))
        _hurried()
        _costs()
        _workers()
        _pauses(Path(folder))


def _hurried() -> None:
    """The service on this machine may be asked as often as one likes."""
    gtts.Transport = lambda host: Transport(host, Patience(60_000, 1_000))


# --- what a voice costs -------------------------------------------------------------------------


def _costs() -> None:
    rows = []
    for name in (*OFFLINE, ONLINE):
        (found,) = _children([(name, 0)])
        rows.append(
            (
                name,
                f"{found['load_s']:.2f}",
                f"{found['sound_s'] / (found['load_s'] + found['cold_s']):.1f}",
                f"{found['sound_s'] / found['warm_s']:.1f}",
                f"{found['peak_mb']:.0f}",
            )
        )
    print(table(("voice", "load s", "cold, × real time", "warm", "peak MB"), rows))
    print(
        f"{SENTENCES} sentences of {SCRIPT}; cold counts the loading; {ONLINE} is a server here\n"
    )


def _workers() -> None:
    rows = []
    for name in OFFLINE[:2]:
        speeds = {}
        for workers, threads in ((1, 1), (1, 2), (2, 1)):
            found = _children([(name, threads)] * workers)
            slowest_s = max(each["warm_s"] for each in found)
            speeds[workers, threads] = sum(each["sound_s"] for each in found) / slowest_s
        best = max(speeds[1, 1], speeds[1, 2])
        cells = (f"{speeds[key]:.1f}" for key in ((1, 1), (1, 2), (2, 1)))
        rows.append((name, *cells, f"{speeds[2, 1] / best:.2f}"))
    head = (
        "voice",
        "one worker, 1 thread",
        "one, 2 threads",
        "two, 1 thread each",
        "two / best one",
    )
    print(table(head, rows))
    print("times real time, warm, all workers together\n")


def _children(jobs: Sequence[tuple[str, int]]) -> list[dict[str, float]]:
    """What each of these voices costs, all spoken at once, each in a process of its own."""
    here = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.voices", name, str(threads)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, threads in jobs
    ]
    return [json.loads(each.communicate()[0]) for each in here]


def one(name: str, threads: int) -> None:
    """Speak the sentences twice and print what it took; of 0 ``threads`` the engine chooses."""
    _hurried()
    if threads:
        _bound(threads)
    voice = voices.load(name, system.folders().voices)
    phrases = [each for each in phrases_in(_cues()) if len(each.text) > 20][:SENTENCES]
    started_s = time.perf_counter()
    engine = engines.opened(voice)
    engine.speak("Rest.", 1.0)
    load_s = time.perf_counter() - started_s
    taken_s, sound_s = [], 0.0
    for _round in range(2):
        started_s = time.perf_counter()
        sound_s = sum(to_seconds(len(polished(engine, voice, each))) for each in phrases)
        taken_s.append(time.perf_counter() - started_s)
    cold_s, warm_s = taken_s
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"load_s": load_s, "cold_s": cold_s, "warm_s": warm_s, "sound_s": sound_s}
    print(json.dumps(found | {"peak_mb": peak_mb}))


def _bound(threads: int) -> None:
    """Have the runtime use so many threads."""
    import onnxruntime

    plain = onnxruntime.SessionOptions

    def bound() -> onnxruntime.SessionOptions:
        options = plain()
        options.intra_op_num_threads = threads
        return options

    onnxruntime.SessionOptions = bound


def _cues() -> tuple[Cue, ...]:
    chosen = script.load(SCRIPT, system.folders().scripts)
    job = api.job_for(chosen, personalise.check(chosen, {}), api.Wishes(), system.folders())
    return pipeline.cues_of(job)


# --- the pauses ---------------------------------------------------------------------------------


def _pauses(out: Path) -> None:
    """One script at its natural length in every voice: where each is silent, and for how long."""
    made = [_rendered(name, out) for name in (*OFFLINE[:2], ONLINE)]
    planned = [list(_gaps_s(each.timeline)) for each in made]
    rows = [
        (each.voice, f"{each.timeline.frames / RATE_HZ:.2f}", f"{to_seconds(_spoken(each)):.2f}")
        for each in made
    ]
    print(table(("voice", "track s", "spoken s"), rows))
    apart_s = max(max(row) - min(row) for row in zip(*planned, strict=True))
    print(f"{len(planned[0])} pauses; the most that two voices differ: {1000 * apart_s:.2f} ms")
    print(f"bar: one MP3 frame, {1000 * MP3_FRAME_S:.0f} ms")


def _rendered(name: str, out: Path) -> Episode:
    return api.render(
        SCRIPT, voice=name, length="natural", bed="none", out=out, label=name, consent_online=True
    )


def _gaps_s(timeline: Timeline) -> Iterator[float]:
    """Each silence between two phrases."""
    for before, after in zip(timeline.spoken, timeline.spoken[1:], strict=False):
        yield to_seconds(after.start_frame - before.end_frame)


def _spoken(made: Episode) -> int:
    return sum(each.frames for each in made.timeline.spoken)


if __name__ == "__main__":
    if sys.argv[1:]:
        one(sys.argv[1], int(sys.argv[2]))
    else:
        main()
