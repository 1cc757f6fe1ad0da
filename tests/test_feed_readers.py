"""What the readers of npm make of the feed: what indexers and apps of others would find in it."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from needed import must

from benchmarks.example_feed import CHANNEL, ITEMS, NOW
from benchmarks.feed import FAULTS, by_node, facts
from generator.feed import feed_xml

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What they found, each fetched at the version and digest of the lock."""
    try:
        return by_node(feed_xml(CHANNEL, ITEMS, NOW), tmp_path_factory.mktemp("readers"))
    except FileNotFoundError as error:
        must(str(error))
    except subprocess.SubprocessError:
        must("npm does not fetch the readers of feeds: is there a registry?")


@pytest.mark.parametrize("reader", ["feedsmith", "partytime"])
def test_another_reader_finds_what_was_meant(documents: dict[str, Any], reader: str) -> None:
    compared = [fact for fact in facts() if reader in fact.at]
    assert len(compared) > 60
    for fact in compared:
        assert fact.read(documents, reader) == FAULTS.get((fact.name, reader), fact.meant), fact


def test_an_indexer_sees_every_part_of_the_namespace(documents: dict[str, Any]) -> None:
    support = documents["partytime"]["pc20support"]
    assert {each for phase in support.values() for each in phase} == {
        *("locked", "funding", "transcript", "chapters", "season", "episode", "person"),
        *("guid", "medium", "block"),
    }
