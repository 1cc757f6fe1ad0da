"""From how a sentence is written to how a voice is to say it, alike for every engine.

Words of the lexicon and names whose sound is known become their pronunciation; numbers, times,
titles and signs become words. What is written stays what is read in transcripts.
"""

from generator.saying.lexicon import MAX_ENTRIES, Lexicon, lexicon
from generator.saying.plain import in_plain_words
from generator.saying.sentence import said

__all__ = ["MAX_ENTRIES", "Lexicon", "in_plain_words", "lexicon", "said"]
