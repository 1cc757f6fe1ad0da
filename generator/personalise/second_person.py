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
    r"(?<![\w-])"  # no part of a longer word
    r"(?!\w\.\w)(?<!(?<![\w'’´`])\w\.)"  # no initial, nor what it is joined to
    r"[^\W\d_]+(?:['’´`][^\W\d_]+)*"
    r"(?!\w|-\w)"
)
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
    "im": "you're",
    "ive": "you've",
}
_ALWAYS_CAPITAL = frozenset({"i", "im", "ive"})
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
_HOLDERS = _set("my our your")
"""My father's mine is a pit; the dog's mine says whose the dog is."""
_NOT_OWNED = _set("of am is was are were be been being became like than as and or all")
_KIN = _set("mum mam dad da nan nana gran granny grandad brother sister mate mates")
"""Where some say "me", and mean "my"."""
_SOVEREIGNS = _set(
    "alexander charles edward elizabeth ferdinand francis frederick george henry james leopold"
    " mary napoleon nicholas paul peter philip richard wilhelm william"
)
_NUMBERED = _set("war part chapter volume book act phase stage")
_EXCLAIMED = frozenset(
    {("oh", "my"), ("my", "goodness"), ("my", "gosh"), ("excuse", "me"), ("dear", "me")}
)
"""Said to nobody, and of nobody."""
_HOURS = _set("one two three four five six seven eight nine ten eleven twelve fifteen thirty")


def yours(text: str) -> str:
    """The listener's own words said to them: "my old dog" becomes "your old dog"."""
    found = list(_WORD.finditer(text))
    stems = tuple(re.split("['’´`]", each[0].lower())[0] for each in found)
    ends = [0, *(each.end() for each in found)]
    before = tuple(text[end : each.start()] for end, each in zip(ends, found, strict=False))
    sentence = _Sentence(tuple(each[0] for each in found), stems, (*before, text[ends[-1] :]))
    pieces = [gap + sentence.bent(index) for index, gap in enumerate(before)]
    return "".join([*pieces, text[ends[-1] :]])


@dataclass(frozen=True)
class _Sentence:
    """The words of a text as they stand, and in small letters up to an apostrophe."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    gaps: tuple[str, ...]
    """What stands before each word, and after the last."""

    @property
    def loud(self) -> bool:
        """Whether all of it is in capitals."""
        return all(map(str.isupper, self.words)) and max(map(len, self.words)) > 1

    def bent(self, index: int) -> str:
        """The word at that place, as it is said to the listener."""
        word, stem = self.words[index], self.stems[index]
        if stem not in _WORDS or self._stays(index):
            return word
        ending = word[len(stem) :].replace("´", "'").replace("`", "'")
        if stem == "i" and ending[1:].lower() == "m":
            ending = f"{ending[0]}re"
        after = ("your" if self._means_my(index) else _WORDS[stem]) + ending
        if self.loud or (len(word) > 1 and word.isupper()):
            return after.upper()
        # an I is always a capital, and so says nothing of where it stands
        capital = self._begins(index) if stem in _ALWAYS_CAPITAL else word[0].isupper()
        return after[0].upper() + after[1:] if capital else after

    def _begins(self, index: int) -> bool:
        """Whether a sentence begins with the word, after another one."""
        said = index > 0 and len(self.words[index - 1]) > 1
        return said and bool(re.match(r"[.!?…]+[\"'”’)]*\s", self.gaps[index]))

    def _means_my(self, index: int) -> bool:
        follows = self._stem(index + 1) in _KIN and self.gaps[index + 1].isspace()
        return self.stems[index] == "me" and follows

    def _stays(self, index: int) -> bool:
        """Whether the word is another one than it looks."""
        word, stem = self.words[index], self.stems[index]
        if stem == "am":
            ours = "i" in self.stems[:index] or self._leads_to_i(index) or self._own(index)
            timed = bool(re.search(r"\d\s*$", self.gaps[index]))
            return timed or self._stem(index - 1) in _HOURS or not ours
        if stem in _VERBS:
            return not self._own(index)
        if stem == "mine":
            return self._owned(index)
        if stem == "im":
            return self._is_german(index)
        return word == "US" or self._exclaimed(index) or (word == "I" and self._counts(index))

    def _is_german(self, index: int) -> bool:
        """Whether this "im" means "in the", as in "im Garten"."""
        if index + 1 == len(self.words):
            return True
        noun = self.words[index + 1][0].isupper() and self.stems[index + 1] not in _ALWAYS_CAPITAL
        return noun and not self.loud

    def _exclaimed(self, index: int) -> bool:
        """Whether the word is part of an "oh my" or an "excuse me" that stands for itself."""
        return any(
            (self._stem(first), self._stem(first + 1)) in _EXCLAIMED
            and not self.gaps[first].isspace()
            for first in (index - 1, index)
            if first >= 0
        )

    def _counts(self, index: int) -> bool:
        """Whether this I is a number, as in "World War I" and "Elizabeth I of England"."""
        before, after = self._stem(index - 1), self._stem(index + 1)
        last = after in ("", "of") or not self.gaps[index + 1].isspace()
        world_war = before == "war" and self.words[index - 1][0].isupper()
        return world_war or (before in _NUMBERED | _SOVEREIGNS and last)

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
            if self.stems[before] in _NOT_OWNED | {"im", "ive"}:
                return False
            if len(self.words[before]) > len(self.stems[before]):  # that's, the dog's
                named = self.stems[before] not in _OTHERS | _WORDS.keys()
                return named and self._stem(before - 1) in _HOLDERS
            if self.stems[before] in _OWNERS:
                return True
        return False
