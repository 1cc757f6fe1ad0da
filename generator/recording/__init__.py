"""A user's own music or field recording: as the bed of a track, or heard once where it is inserted.

Looked at when it is named, decoded in a child before a word is spoken, kept for the length of one
render as 48 kHz stereo, and from then on a function of the frame like any other sound.
"""

from generator.recording.decode import sound
from generator.recording.form import is_file, look
from generator.recording.loop import Loop, keep
from generator.recording.once import Once, keep_once, length

__all__ = ["Loop", "Once", "is_file", "keep", "keep_once", "length", "look", "sound"]
