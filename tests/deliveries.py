"""Deliveries that meet every rule of a platform, as nouns, as a feed and as small files."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from generator import gauge
from generator.model import (
    Contents,
    Delivered,
    Delivery,
    Levels,
    Mark,
    Mpeg,
    Paper,
    Pixels,
    Planned,
    Tag,
)

SEEN = datetime(2026, 3, 9, 12, tzinfo=UTC)
NAMES = ("01-arriving.mp3", "02-staying.mp3")
SIZE = 14_400_512
LENGTH_S = 900

ITEM = """
 <item>
  <title>{title}</title>
  <description>A practice. The voice is synthetic.</description>
  <enclosure url="https://example.org/kind/{file}.mp3" length="14400512" type="audio/mpeg"/>
  <guid isPermaLink="false">urn:uuid:{file}</guid>
  <pubDate>Mon, 02 Mar 2026 06:00:00 +0000</pubDate>
  <itunes:duration>900</itunes:duration>
  <itunes:episode>{number}</itunes:episode>
  <itunes:explicit>false</itunes:explicit>
  <podcast:transcript url="https://example.org/kind/{file}.vtt" type="text/vtt"/>
  <podcast:chapters url="https://example.org/kind/{file}.chapters.json"
   type="application/json+chapters"/>
 </item>"""
FEED = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:atom="http://www.w3.org/2005/Atom">
 <channel>
  <title>Kind evenings</title>
  <link>https://example.org/kind</link>
  <atom:link rel="self" type="application/rss+xml" href="https://example.org/kind/feed.xml"/>
  <description>Two practices.</description>
  <language>en</language>
  <itunes:image href="https://example.org/kind/artwork-1.jpg"/>
  <itunes:category text="Health &amp; Fitness"><itunes:category text="Mental Health"/>
  </itunes:category>
  <itunes:explicit>false</itunes:explicit>
  <itunes:author>A studio</itunes:author>
  <itunes:type>serial</itunes:type>
  <podcast:guid>9b024349-ccf0-5f69-a609-6b82873eab3c</podcast:guid>
  <podcast:txt purpose="ai-content">true</podcast:txt>
{ITEM.format(title="Arriving", file="01-arriving", number=1)}
{ITEM.format(title="Staying", file="02-staying", number=2)}
 </channel>
</rss>"""

LEVELS = Levels(
    frames=LENGTH_S * 48_000,
    rate_hz=48_000,
    mix_lufs=-16.2,
    true_peak_dbtp=-1.4,
    peak_dbfs=-1.5,
    rms_dbfs=-22.0,
    floor_dbfs=-40.0,
    head_s=0.0,
    tail_s=0.0,
    edge_dbfs=-60.0,
    speech_lufs=-16.0,
)
TAG = Tag(
    "2.3",
    120_000,
    texts={
        "TIT2": "Arriving",
        "TALB": "Kind evenings",
        "TPE2": "A studio",
        "TRCK": "1/2",
        "COMM": "The voice is synthetic. " * 25,
        "TXXX:AI_VOICE": "an engine",
    },
    picture=Pixels("jpeg", 1_000, 1_000, "RGB", 100_000),
    marks=(Mark("chp000", True, 0, 400_000), Mark("chp001", True, 400_000, 900_000)),
    contents=(Contents(top=True, ordered=True, children=("chp000", "chp001")),),
)
TRACK = Delivered(
    NAMES[0],
    SIZE,
    mpeg=Mpeg(48_000, 2, 128, 128, 37_501, LENGTH_S * 48_000, "Info", 0),
    tag=TAG,
    levels=LEVELS,
    planned=Planned(bell_at_end=True, disclosed_aloud=True, personal=False, synthetic=False),
    transcript=Paper("vtt", 60, 899_000),
    chapters=Paper("json", 2, 400_000),
)


def track(**other: object) -> Delivered:
    return replace(TRACK, **other)


def delivery(feed: str | None = FEED, *tracks: Delivered) -> Delivery:
    """Two tracks with everything beside them, and the feed that is written there."""
    second = replace(TAG, texts={**TAG.texts, "TRCK": "2/2"})
    tracks = tracks or (TRACK, replace(TRACK, name=NAMES[1], tag=second))
    files = {f"{name[:-4]}{end}" for name in NAMES for end in (".mp3", ".vtt", ".chapters.json")}
    return Delivery(
        tracks,
        pictures={"artwork-1.jpg": Pixels("jpeg", 3_000, 3_000, "RGB", 400_000)},
        files=frozenset({*files, "feed.xml", "artwork-1.jpg"}),
        seen=SEEN,
        feed=None if feed is None else gauge.feed(feed.encode()),
    )


def for_acx(made: Delivery) -> Delivery:
    """The same as a person would have read it for an audiobook, without a bed."""
    levels = replace(
        LEVELS, rms_dbfs=-20.0, floor_dbfs=-70.0, peak_dbfs=-3.5, head_s=0.7, tail_s=2.0
    )
    texts = {name: text for name, text in TAG.texts.items() if name != "TXXX:AI_VOICE"}
    mpeg = Mpeg(44_100, 2, 192, 192, 34_454, LENGTH_S * 48_000, "Info", 0)
    tracks = [
        replace(each, levels=levels, mpeg=mpeg, tag=replace(TAG, texts=texts))
        for each in made.tracks
    ]
    return replace(made, tracks=tuple(tracks), feed=None)


def mp3(path: Path, sound: np.ndarray, *words: str, rate_hz: int = 48_000) -> Path:
    """The sound as ffmpeg writes it, with these words before the name of the file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", "-f", "f32le"]
    command += ["-ar", str(rate_hz), "-ac", str(sound.shape[1]), "-i", "pipe:0", *words, str(path)]
    subprocess.run(command, input=sound.astype(np.float32).tobytes(), check=True)
    return path
