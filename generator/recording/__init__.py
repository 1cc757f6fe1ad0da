"""A user's own music or field recording as the bed of a track.

Looked at when it is named, decoded in a child before a word is spoken, kept for the length of one
render as 48 kHz stereo, and from then on a bed like any other.
"""

from generator.recording.decode import sound
from generator.recording.form import is_file, look
from generator.recording.loop import Loop, keep

__all__ = ["Loop", "is_file", "keep", "look", "sound"]
