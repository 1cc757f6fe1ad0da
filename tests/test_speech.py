"""From phrases to clips, spoken by an engine whose every sound is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import fake_engine
import numpy as np
import pytest
from conftest import rms_db
from fake_engine import LEVEL, length_s, pitch_hz

from generator import loudness, speech
from generator.audio import RATE_HZ, amplitude, checked, to_frames, to_seconds
from generator.errors import VoiceError
from generator.model import Clip, Phrase, Voice
from generator.speech import ClipStore, anchor_lufs, read, speak

PLAIN = Phrase("Let the breath come and go.")
OTHER = Phrase("There is nowhere to be.")
PERSONAL = Phrase("Dear Ada, you are here.", personal=True)
LONG = Phrase(
    "Let the weight of the day go down into the ground below, and the ground will hold it; "
    "let the breath be as it is, and the body as it is, and the sounds around you as they are."
)


@pytest.fixture
def store(tmp_path) -> ClipStore:
    return ClipStore(tmp_path / "shared", tmp_path / "own", tmp_path / ".making-0-clip", b"s" * 32)


def silent(_done: int, _total: int) -> None:
    pass


def clip_of(phrase: Phrase, voice: Voice, store: ClipStore) -> Clip:
    return speak([phrase], voice, store, silent)[0][phrase]


def spoken() -> list[str]:
    return fake_engine.SPOKEN


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


# --- what is spoken, and what is kept ---------------------------------------------------------


def test_every_phrase_gets_a_clip_and_none_is_spoken_twice(voice, store):
    clips, spoken_now = speak([PLAIN, OTHER, PLAIN, PERSONAL, OTHER], voice, store, silent)
    assert list(clips) == [PLAIN, OTHER, PERSONAL]
    assert spoken_now == 3
    assert spoken() == [PLAIN.text, OTHER.text, PERSONAL.text]


def test_the_second_time_nothing_is_spoken_and_no_engine_is_opened(voice, store, monkeypatch):
    first, _ = speak([PLAIN, PERSONAL], voice, store, silent)
    spoken().clear()
    monkeypatch.setattr(speech.engines, "_open", {})
    monkeypatch.delattr(fake_engine, "open_engine")
    again, spoken_now = speak([PLAIN, PERSONAL], voice, store, silent)
    assert again == first
    assert spoken_now == 0
    assert spoken() == []


def test_an_engine_is_opened_once(voice, store, monkeypatch):
    opened = []
    monkeypatch.setattr(
        fake_engine, "open_engine", lambda each: opened.append(each) or fake_engine.FakeEngine()
    )
    for phrase in (PLAIN, OTHER):
        clip_of(phrase, voice, store)
    assert opened == [voice]


def test_a_detail_is_kept_with_its_listener_and_nowhere_else(voice, store):
    speak([PERSONAL], voice, store, silent)
    assert files(store.own)
    assert not files(store.shared)


def test_words_that_anyone_hears_are_kept_for_everyone(voice, store, tmp_path):
    speak([PLAIN, PERSONAL], voice, store, silent)
    someone_else = replace(store, own=tmp_path / "someone-else")
    _clips, spoken_now = speak([PLAIN, PERSONAL], voice, someone_else, silent)
    assert spoken_now == 1


def test_no_file_name_and_no_content_holds_the_words(voice, store, tmp_path):
    speak([PERSONAL], voice, store, silent)
    for each in files(tmp_path):
        assert "ada" not in str(each.relative_to(tmp_path)).lower()
        assert b"Ada" not in each.read_bytes()


@pytest.mark.parametrize(
    "change",
    [{"name": "other"}, {"language": "de"}, {"pace": 0.9}, {"sha256": "f"}, {"nominal_lufs": -20}],
    ids=str,
)
def test_another_voice_never_gets_the_clips_of_this_one(voice, store, change):
    """Trap: a cache that knows the text alone plays the old voice."""
    clip_of(PLAIN, voice, store)
    assert speak([PLAIN], replace(voice, **change), store, silent)[1] == 1


def test_another_version_of_the_engine_speaks_anew(voice, store, monkeypatch):
    clip_of(PLAIN, voice, store)
    monkeypatch.setattr(fake_engine, "version", lambda _voice: "fake 2")
    assert speak([PLAIN], voice, store, silent)[1] == 1


def test_a_slower_phrase_is_another_clip_and_a_longer_one(voice, store):
    """Trap: a slow pace cast to a whole number is no pace at all."""
    usual, slow = clip_of(PLAIN, voice, store), clip_of(replace(PLAIN, pace=0.8), voice, store)
    sound_s = length_s(PLAIN.text)
    assert to_seconds(slow.frames - usual.frames) == pytest.approx(sound_s * 0.25, abs=0.01)


def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(voice, store):
    store.shared.write_text("in the way", "utf-8")
    for _run in range(2):
        clips, spoken_now = speak([PLAIN], voice, store, silent)
        assert spoken_now == 1
        assert clips[PLAIN].path.parent == store.scratch.parent
        assert len(read(clips[PLAIN])) == clips[PLAIN].frames


def test_a_damaged_clip_is_spoken_again_and_whole_from_then_on(voice, store):
    clip_of(PLAIN, voice, store)
    (kept,) = files(store.shared)
    whole = kept.read_bytes()
    kept.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    assert speak([PLAIN], voice, store, silent)[1] == 1
    assert kept.read_bytes() == whole
    assert speak([PLAIN], voice, store, silent)[1] == 0


def test_what_was_spoken_before_a_failure_is_kept(voice, store):
    refused = Phrase("This is refused.")
    with pytest.raises(VoiceError, match="does not speak"):
        speak([PLAIN, refused, OTHER], voice, store, silent)
    spoken().clear()
    speak([PLAIN, OTHER], voice, store, silent)
    assert spoken() == [OTHER.text]


def test_progress_grows_to_the_whole(voice, store):
    told = []
    clip_of(OTHER, voice, store)
    speak([PLAIN, OTHER, PERSONAL], voice, store, lambda *each: told.append(each))
    assert told == [(1, 3), (2, 3), (3, 3)]


# --- what a clip sounds like ------------------------------------------------------------------


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000, 48_000])
def test_a_clip_is_the_tone_that_was_spoken_whatever_the_rate(voice, store, monkeypatch, rate_hz):
    monkeypatch.setattr(fake_engine, "RATE_HZ", rate_hz)
    sound = checked(read(clip_of(PLAIN, voice, store)))[:, 0]
    middle = sound[len(sound) // 2 - 24_000 : len(sound) // 2 + 24_000]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(48_000)))
    assert np.argmax(spectrum) == pitch_hz(PLAIN.text)  # a second long: a line is 1 Hz
    assert np.abs(middle).max() == pytest.approx(LEVEL, rel=0.03)


def test_the_silence_of_the_engine_is_gone_to_within_a_breath(voice, store):
    clip = clip_of(PLAIN, voice, store)
    heard = np.flatnonzero(np.abs(read(clip)[:, 0]) > 0.01)
    assert 0.004 <= to_seconds(heard[0]) <= 0.020
    assert 0.010 <= to_seconds(clip.frames - heard[-1]) <= 0.030
    assert to_seconds(clip.frames) == pytest.approx(length_s(PLAIN.text) + 0.03, abs=0.015)


def test_a_soft_line_stays_soft(voice, store):
    """Trap: an engine or a cache that normalises each sentence makes a whisper shout."""
    plain = clip_of(Phrase("Rest here plainly now."), voice, store)
    soft = clip_of(Phrase("Rest here softly now."), voice, store)
    apart_db = rms_db(read(plain)) - rms_db(read(soft))
    assert apart_db == pytest.approx(10.0, abs=0.3)
    assert soft.trim_db == pytest.approx(speech.levels.MOST_TRIM_DB)
    assert apart_db + plain.trim_db - soft.trim_db == pytest.approx(8.0, abs=0.6)


def test_the_level_of_the_engine_is_kept(voice, store):
    sound = read(clip_of(PLAIN, voice, store))
    middle = sound[len(sound) // 3 : 2 * len(sound) // 3]
    assert rms_db(middle) == pytest.approx(20 * np.log10(LEVEL / 2**0.5), abs=0.3)


@pytest.mark.parametrize(
    ("nominal_off_db", "trim_db"), [(0.0, 0.0), (1.0, 0.5), (-3.0, -1.5), (9.0, 2.0), (-9.0, -2.0)]
)
def test_a_clip_is_trimmed_half_way_to_the_voice_and_two_db_at_the_most(
    voice, store, nominal_off_db, trim_db
):
    clip = clip_of(PLAIN, voice, store)
    own_lufs = anchor_lufs({PLAIN: replace(clip, trim_db=0.0)})
    energies = clip.energies
    there = replace(voice, nominal_lufs=own_lufs + nominal_off_db)
    levelled = speech.levels.levelled(Clip(clip.path, clip.frames, energies), there)
    assert levelled.trim_db == pytest.approx(trim_db, abs=1e-6)


def test_a_long_text_is_split_and_joined_whole(voice, store):
    clip = clip_of(LONG, voice, store)
    pieces = spoken()
    assert len(pieces) >= 3
    assert " ".join(pieces) == LONG.text
    assert max(map(len, pieces)) <= fake_engine.FakeEngine.most_characters
    sounding_s = sum(map(length_s, pieces)) + 0.22 * (len(pieces) - 1)
    assert to_seconds(clip.frames) == pytest.approx(sounding_s + 0.03 * len(pieces), abs=0.06)


def test_every_piece_of_a_long_text_is_heard_in_order(voice, store):
    sound = read(clip_of(LONG, voice, store))[:, 0]
    at_s = 0.0
    for piece in spoken():
        window = sound[to_frames(at_s + 0.2) :][: RATE_HZ // 2] * np.hanning(RATE_HZ // 2)
        assert 2 * np.argmax(np.abs(np.fft.rfft(window))) == pytest.approx(pitch_hz(piece), abs=2)
        at_s += length_s(piece) + 0.03 + 0.22


@pytest.mark.parametrize("word", ["wordless", "nothing"])
def test_silence_from_the_engine_is_an_error_that_tells_no_words(voice, store, tmp_path, word):
    """Trap: silence brought to a level is silence still, and nobody notices."""
    phrase = Phrase(f"Dear Ada, {word}.", personal=True)
    with pytest.raises(VoiceError, match="silence") as caught:
        clip_of(phrase, voice, store)
    assert "Ada" not in str(caught.value)
    assert word not in str(caught.value)
    assert voice.name in str(caught.value)
    assert files(tmp_path) == []


def test_one_silent_piece_of_a_long_text_is_an_error_too(voice, store):
    with pytest.raises(VoiceError, match="silence"):
        clip_of(
            Phrase(f"{PLAIN.text[:-1]}, {PLAIN.text[:-1]}, and then it is wordless"), voice, store
        )


@pytest.mark.parametrize("text", ["...", "?!", " — "])
def test_a_phrase_without_a_word_is_an_error_and_no_fault_of_ours(voice, store, text):
    with pytest.raises(VoiceError, match="was given a phrase without a word"):
        clip_of(Phrase(text), voice, store)


def test_what_is_not_a_number_is_never_kept(voice, store, tmp_path):
    with pytest.raises(ValueError, match="finite"):
        clip_of(Phrase("This is broken."), voice, store)
    assert files(tmp_path) == []


# --- how loud the voice is --------------------------------------------------------------------


def test_the_anchor_is_the_loudness_from_both_speakers(voice, store):
    clips, _ = speak([PLAIN, OTHER], voice, store, silent)
    runs = []
    for clip in clips.values():
        sound = read(clip) * np.float32(amplitude(clip.trim_db))
        runs.append(loudness.blocks(loudness.energies(np.repeat(sound, 2, axis=1))))
    assert anchor_lufs(clips) == pytest.approx(loudness.gated_lufs(runs), abs=0.01)


def clip_at(level_lufs: float, length_s: float) -> Clip:
    energy = 10.0 ** ((level_lufs + 0.691) / 10.0)
    return Clip(Path("nowhere"), to_frames(length_s), (energy,) * round(length_s * 10))


def test_details_do_not_move_the_anchor_of_a_script_that_says_enough_without():
    """Two listeners of one script get the same gain, or nothing they share is the same sound."""
    clips = {PLAIN: clip_at(-20.0, 30.0), PERSONAL: clip_at(-14.0, 60.0)}
    assert anchor_lufs(clips) == pytest.approx(-20.0, abs=0.01)


def test_details_count_where_little_else_is_said():
    clips = {PLAIN: clip_at(-20.0, 29.0), PERSONAL: clip_at(-14.0, 60.0)}
    assert -15.5 < anchor_lufs(clips) < -14.5


def test_nothing_said_has_a_loudness_that_is_a_number():
    assert anchor_lufs({}) == loudness.SILENT_LUFS


# --- the rest ---------------------------------------------------------------------------------


def test_the_estimate_is_near_what_is_spoken(voice, store):
    for phrase in (PLAIN, replace(OTHER, pace=0.8), LONG):
        real = clip_of(phrase, voice, store).frames
        assert speech.estimate_frames(phrase, voice) == pytest.approx(real, rel=0.1)


def test_an_engine_nobody_knows_is_named_with_the_nearest(voice, store):
    with pytest.raises(VoiceError, match=r"no engine 'fakee'.*Did you mean 'fake'"):
        speak([PLAIN], replace(voice, engine="fakee"), store, silent)


def test_the_voice_says_who_it_is_and_how_fast(voice):
    assert speech.provenance(voice) == "fake 1, fake, voice tuning-fork"
    assert "times faster than real time" in speech.try_out(voice)


def test_one_engine_speaks_for_every_listener(voice: Voice) -> None:
    """Seen: a model of 76 MB more in memory for each listener, and half a second to load it."""
    one, other = (replace(voice, own=Path(label)) for label in ("one", "other"))
    assert speech.engines.opened(one) is speech.engines.opened(other)
    speech.engines.give_up(one)
    assert not speech.engines._open
