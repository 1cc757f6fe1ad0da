"""What is kept of a person, where it lies, and how all of it goes."""

from generator.traces.find import Found, Left, find
from generator.traces.places import Places, held, note, recorded
from generator.traces.remove import alone, remove

__all__ = ["Found", "Left", "Places", "alone", "find", "held", "note", "recorded", "remove"]
