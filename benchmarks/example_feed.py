"""A feed that says all it can."""

from __future__ import annotations

from datetime import UTC, datetime

from generator.model import Channel, Item, PageChapter, Transcript

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BASE = "https://example.org/river"
CHANNEL = Channel(
    title="Evenings by the River & Sea",
    description="Three evenings, “kind” ones: año, Ж, 静けさ.\n\nThe voice, Joe, is synthetic.",
    language="en-GB",
    link=BASE,
    address=f"{BASE}/feed.xml",
    guid="9b024349-ccf0-5f69-a609-6b82873eab3c",
    image=f"{BASE}/cover.jpg",
    category="Health & Fitness",
    subcategory="Mental Health",
    author="Ada Example",
    owner="Ada Example",
    email="mail@example.org",
    copyright="Ada Example",
    medium="course",
    funding="https://example.org/give",
    funding_text="Support this course",
    complete=True,
    unlisted=True,
)


def item(number: int, **changes: object) -> Item:
    """One of the tracks, by its number."""
    track = f"{BASE}/0{number}-evening"
    said = {
        "title": f"A warm place, nº {'I' * number}",
        "description": "What is easy to like.\n\nThe voice, Joe, is synthetic.",
        "guid": f"urn:uuid:00000000-0000-4000-8000-00000000000{number}",
        "published": datetime(2026, 5, number, 5, 30, tzinfo=UTC),
        "url": f"{track}.mp3",
        "size_bytes": 14_400_000 + number,
        "mime": "audio/mpeg",
        "length_s": 900.25,
        "episode": number,
        "episode_name": f"Evening {number}",
        "season": 1,
        "season_name": "Spring",
        "image": f"{track}.png",
        "link": f"{BASE}#evening-{number}",
        "transcripts": (
            Transcript(f"{track}.srt", "application/x-subrip"),
            Transcript(f"{track}.vtt", "text/vtt"),
        ),
        "chapters_url": f"{track}.chapters.json",
        "chapters": (
            PageChapter("Arriving", 0),
            PageChapter("Staying & breathing", 120_500),
            PageChapter("Coming back", 840_001),
        ),
    }
    return Item(**{**said, **changes})  # type: ignore[arg-type]


ITEMS = (
    item(1),
    item(
        2,
        synthetic=False,
        narrator="Nora Example",
        description="Less is more.\n\nThe voice, Nora, is a person's own, recorded.",
    ),
    item(3, kind="bonus", episode=0, episode_name="", chapters=(), chapters_url=""),
)
