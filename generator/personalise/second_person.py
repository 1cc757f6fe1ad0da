"""What a listener wrote of themselves, said to them: "the dog I am walking" is the one "you are".

Every word of the first person becomes one of the second. A verb changes with it only where it is
the listener's own, and not the dog's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD = re.compile(
    r"(?<![\w-])(?<!\b\w\.)"  # no part of a longer word, no initial
    r"[^\W\d_]+(?:['’][^\W\d_]+)*"
    r"(?!\w|-\w|\.\w\b)"
)
_HASTY = re.compile(r"\b[iI][´`](m|ve|ll|d)\b|(?:^|(?<=[.!?,;] ))[iI](m|ve)\b(?= [a-z])")
"""What people type in haste, or on keyboards that give another sign for an apostrophe.

"Im" also begins German phrases, with a noun after it.
"""
_WORDS = {
    "i": "you",
    "me": "you",
    "we": "you",
    "us": "you",
    "my": "your",
    "our": "your",
    "ours": "yours",
    "mine": "yours",
    "myself": "yourself",
    "ourself": "yourself",
    "ourselves": "yourselves",
    "am": "are",
    "was": "were",
    "wasn": "weren",
}
_VERBS = frozenset({"am", "was", "wasn"})
_ADVERBS = _set(
    "also almost already always even ever first hardly just maybe mostly much never not now often"
    " once only perhaps quite rather seldom so sometimes soon still then too usually"
)
_LINKS = frozenset({"and", "or", "but", "nor", "yet"})
_POINTERS = _set("it that this")
"""After these an I is what is pointed at: "it was I"."""
_OTHERS = _set("he she it they you we that this which who is are were isn aren weren")
"""Where one of these stands, somebody else's verb follows."""
_OWNERS = _set(
    "a an the this that some any each every no old gold coal salt silver my our your his her its"
    " their"
)
_NOT_OWNED = _set("of is was are were be been being became like than as and or all")
_HOURS = _set("one two three four five six seven eight nine ten eleven twelve fifteen thirty")


def yours(text: str) -> str:
    """The listener's own words said to them: "my old dog" becomes "your old dog"."""
    text = _HASTY.sub(lambda each: f"I'{each[1] or each[2]}", text)
    found = list(_WORD.finditer(text))
    stems = tuple(re.split("['’]", each[0].lower())[0] for each in found)
    sentence = _Sentence(tuple(each[0] for each in found), stems)
    pieces, position = [], 0
    for index, word in enumerate(found):
        timed = bool(re.search(r"\d\s*$", text[: word.start()]))
        pieces += [text[position : word.start()], sentence.bent(index, timed=timed)]
        position = word.end()
    return "".join([*pieces, text[position:]])


@dataclass(frozen=True)
class _Sentence:
    """The words of a text as they stand, and in small letters up to an apostrophe."""

    words: tuple[str, ...]
    stems: tuple[str, ...]

    def bent(self, index: int, *, timed: bool) -> str:
        """The word at that place, as it is said to the listener."""
        word, stem = self.words[index], self.stems[index]
        if stem not in _WORDS or self._stays(index, timed=timed):
            return word
        ending = word[len(stem) :]
        if stem == "i" and ending[1:].lower() == "m":
            ending = f"{ending[0]}re"
        after = _WORDS[stem] + ending
        if len(word) > 1 and word.isupper():
            return after.upper()
        capital = word[0].isupper() and stem != "i"  # an I is always one
        return after[0].upper() + after[1:] if capital else after

    def _stays(self, index: int, *, timed: bool) -> bool:
        """Whether the word is another one than it looks."""
        word, stem, before = self.words[index], self.stems[index], self._stem(index - 1)
        if stem == "am":
            ours = "i" in self.stems[:index] or self._leads_to_i(index) or self._own(index)
            return timed or before in _HOURS or not ours
        if stem in _VERBS:
            return not self._own(index)
        if stem == "mine":
            return self._owned(index)
        return word == "US" or (word == "I" and before == "war")

    def _stem(self, index: int) -> str:
        return self.stems[index] if 0 <= index < len(self.stems) else ""

    def _own(self, index: int) -> bool:
        """Whether the verb at that place is the listener's."""
        if self._leads_to_i(index):
            return self._stem(index - 1) not in _POINTERS
        before = index - 1
        while self._adverb(before):
            before -= 1
        if self._stem(before) == "who":
            return self._stem(before - 1) in ("i", "me")
        if self._stem(before) in _LINKS:
            return self._led(before)
        return self._stem(before) == "i"

    def _leads_to_i(self, index: int) -> bool:
        """Whether an I follows, as in "am I" and "was never I"."""
        after = index + 1
        while self._adverb(after):
            after += 1
        return self._stem(after) == "i"

    def _led(self, link: int) -> bool:
        """Whether what stands before an "and" was said of the listener."""
        for index in range(link - 1, -1, -1):
            if self.stems[index] in _VERBS:
                return self._own(index)
            if self.stems[index] in _OTHERS:
                return False
            if self.stems[index] == "i":
                return True
        return False

    def _adverb(self, index: int) -> bool:
        stem = self._stem(index)
        return stem in _ADVERBS or (len(stem) > 4 and stem.endswith("ly"))

    def _owned(self, index: int) -> bool:
        """Whether this "mine" is one that is dug."""
        for before in range(index - 1, max(index - 4, -1), -1):
            shortened = len(self.words[before]) > len(self.stems[before])  # that's, the dog's
            if shortened or self.stems[before] in _NOT_OWNED:
                return False
            if self.stems[before] in _OWNERS:
                return True
        return False
