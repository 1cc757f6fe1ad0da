"""What a listener wrote in Spanish, said to them: "mi perro", "donde me siento a salvo".

The listener is spoken to as ``tú``. Every word of the first person singular becomes one of the
second. A verb becomes one where it can be nobody else's; "canto" is a song too, and "era" may be
the dog's, so those change only where the sentence says whose they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from generator.personalise.spanish_verbs import NOUNS_TOO, OF_TWO, OWN


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD = re.compile(r"(?<![\w-])[^\W\d_]+(?!\w|-\w)")
_WORDS = {
    "yo": "tú",
    "me": "te",
    "mis": "tus",
    "mí": "ti",
    "conmigo": "contigo",
    "mío": "tuyo",
    "míos": "tuyos",
    "mía": "tuya",
    "mías": "tuyas",
    "mio": "tuyo",
    "mios": "tuyos",
    "mia": "tuya",
    "mias": "tuyas",
}
_OURS = {"nuestro": "tu", "nuestra": "tu", "nuestros": "tus", "nuestras": "tus"}
_NAMES_TOO = _set("mía mia")
"""With a capital, a name."""
_ENCLITIC = re.compile(r"((?:\w*[aeiáéí]r|\w+[áé]ndo))me(l[oae]s?)?")
"""An infinitive or a gerund with a "me" at its end: quererme, mirándome, contármelo."""
_NO_ENCLITIC = _set(
    "firme duerme gendarme arme desarme rearme alarme inerme confirme afirme reafirme enferme merme"
    " palme adarme"
)
_AFTER_TO_ME = _set("y e o u ni que mismo misma cuando donde con en de por como es son no me te")
"""After these, or at the end, "mi" is a "mí" without its accent."""
_LINKS = _set("yo que donde dónde cuando cuándo quien quién quienes cómo si mientras porque aunque")
"""A first person may follow these, and no noun does."""
_BETWEEN = _set("me te se lo la le los las les nos no ya sí aún todavía siempre nunca también casi")
"""May stand between such a word and its verb."""
_BEFORE_VERBS = _set("me no nunca jamás siempre")
_AND = _set("y e o u ni")
_SUBJECTS = _set(
    "mi mis tu tus su sus el la los las un una ese esa este esta aquel aquella nuestro"
)
_MYSELF = _set("sentía quedaba sentaba acostaba escondía bañaba dormía levantaba reía iba perdía")
"""With a "me", what one does with oneself."""
_OLD_DAYS = _set("era tenía estaba vivía iba")
_EXCLAIMED = frozenset({("dios", "mío"), ("dios", "mio"), ("madre", "mía"), ("madre", "mia")})
_NO_VERBS = _set("todavía para cara clara rara")
_WITH_I = re.compile(
    r"\w+(?:aba|ía|ara|iera)|era|iba|fuera|sea|esté|pueda|tenga|haga|quiera|vaya|sepa|diga|haya"
)
"""Forms of the first and the third person alike: after a "yo" they are the first."""


def yours(text: str) -> str:
    """The listener's own words said to them: "mi perro" becomes "tu perro"."""
    found = list(_WORD.finditer(text))
    ends = [0, *(each.end() for each in found)]
    gaps = [text[end : each.start()] for end, each in zip(ends, found, strict=False)]
    words = tuple(each[0] for each in found)
    sentence = _Sentence(words, tuple(map(str.lower, words)), (*gaps, text[ends[-1] :]))
    pieces = [gap + sentence.bent(index) for index, gap in enumerate(gaps)]
    return "".join([*pieces, text[ends[-1] :]])


@dataclass(frozen=True)
class _Sentence:
    """The words of a text as they stand, and in small letters."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    gaps: tuple[str, ...]
    """What stands before each word, and after the last."""

    def bent(self, index: int) -> str:
        """The word at that place, as it is said to the listener."""
        word = self.words[index]
        after = self._after(index)
        if not after:
            return word
        if len(word) > 1 and word.isupper():
            return after.upper()
        return after[0].upper() + after[1:] if word[0].isupper() else after

    def _after(self, index: int) -> str:
        """What the word becomes, or nothing."""
        stem = self.stems[index]
        if stem == "mi":
            return "ti" if self._is_to_me(index) else "tu"
        if stem in _OURS:
            return self._ours(index)
        if stem in _WORDS:
            return "" if self._stays(index) else _WORDS[stem]
        joined = _ENCLITIC.fullmatch(stem)
        if joined and stem not in _NO_ENCLITIC:
            return f"{joined[1]}te{joined[2] or ''}"
        return self._verb(index)

    def _verb(self, index: int) -> str:
        stem = self.stems[index]
        if self._is_named(index) or not self._owns(index):
            return ""
        if stem in OWN or stem in NOUNS_TOO:
            return OWN.get(stem) or NOUNS_TOO[stem]
        return OF_TWO.get(stem) or f"{stem}s"

    def _is_to_me(self, index: int) -> bool:
        after = self._stem(index + 1)
        return not after or not self.gaps[index + 1].isspace() or after in _AFTER_TO_ME

    def _ours(self, index: int) -> str:
        """What is ours is the listener's, unless the sentence goes on about more than one."""
        if any(each in ("nos", "nosotros", "nosotras") or _is_we(each) for each in self.stems):
            return ""
        if self._is_to_me(index):
            return self.stems[index].replace("nuestr", "tuy")
        return _OURS[self.stems[index]]

    def _stays(self, index: int) -> bool:
        """Whether the word is another one than it looks."""
        stem = self.stems[index]
        named = stem in _NAMES_TOO and self.words[index] == stem.capitalize() and index > 0
        return named or (self._stem(index - 1), stem) in _EXCLAIMED

    def _is_named(self, index: int) -> bool:
        """Whether a capital in the middle of a sentence says that this is a name."""
        word = self.words[index]
        begins = index == 0 or bool(re.search(r"[.!?…¿¡]", self.gaps[index]))
        return word[0].isupper() and not begins and not (len(word) > 1 and word.isupper())

    def _owns(self, index: int) -> bool:
        """Whether the word at that place is a verb, and the listener's."""
        stem = self.stems[index]
        if stem in OWN:
            return not (stem == "siento" and self._exclaims_sorry(index))
        if stem in NOUNS_TOO:
            return self._led(index) or self._stem(index - 1) in _BEFORE_VERBS
        if self._before(index) == "yo" and self.gaps[index].isspace():
            return bool(_WITH_I.fullmatch(stem)) and stem not in _NO_VERBS
        return stem in OF_TWO and (self._stem(index + 1) == "yo" or self._of_old(index))

    def _exclaims_sorry(self, index: int) -> bool:
        return len(self.stems) == 2 and self._stem(index - 1) == "lo"

    def _of_old(self, index: int) -> bool:
        """Whether a form of two persons is told of oneself: "de cuando era", "donde jugaba"."""
        before, earlier = self._before(index), self._stem(self._reach(index) - 1)
        if (earlier, before) == ("de", "cuando") and self.stems[index] in _OLD_DAYS:
            return True
        if before == "donde" or (before == "cuando" and self._is_myself(index)):
            to_me = self._stem(index - 1) == "me" and not self._is_myself(index)
            return not to_me and not self._has_subject(index)
        return False

    def _is_myself(self, index: int) -> bool:
        return self._stem(index - 1) == "me" and self.stems[index] in _MYSELF

    def _has_subject(self, index: int) -> bool:
        """Whether somebody else is named right after the verb."""
        after = self._stem(index + 1)
        if not after:
            return False
        return after in _SUBJECTS or self.words[index + 1][0].isupper()

    def _led(self, index: int) -> bool:
        """Whether what stands before the word lets only a verb of the listener's follow."""
        before = self._before(index)
        if before in _LINKS:
            return True
        if before in _AND:
            earlier = range(self._reach(index) - 1, -1, -1)
            return any(
                self.stems[each] in {*OWN, *NOUNS_TOO} and self._owns(each) for each in earlier
            )
        return False

    def _reach(self, index: int) -> int:
        """Where the nearest word before is that is not one of the small ones."""
        before = index - 1
        while self._stem(before) in _BETWEEN:
            before -= 1
        return before

    def _before(self, index: int) -> str:
        return self._stem(self._reach(index))

    def _stem(self, index: int) -> str:
        return self.stems[index] if 0 <= index < len(self.stems) else ""


def _is_we(stem: str) -> bool:
    return len(stem) > 4 and stem.endswith("mos") and stem not in ("hermanos", "extremos")


def possessive(text: str) -> str:
    """Of whom it is: "de Canela", "del perro"."""
    return f"del {text[3:]}" if text.startswith("el ") else f"de {text}"


def to(text: str) -> str:
    """To whom or what: "a Canela", "al perro"."""
    return f"al {text[3:]}" if text.startswith("el ") else f"a {text}"


_PRONOUNS: Mapping[str, tuple[str, str]] = {
    "ella": ("ella", "la"),
    "él": ("él", "lo"),
    "elle": ("elle", "le"),
    "ellas": ("ellas", "las"),
    "ellos": ("ellos", "los"),
    "elles": ("elles", "les"),
}


def they(pronoun: str) -> str:
    """Ella, él, elle, ellas, ellos or elles, as a subject or after a preposition."""
    return _PRONOUNS[pronoun][0]


def them(pronoun: str) -> str:
    """La, lo, le, las, los or les, before a verb or at the end of one."""
    return _PRONOUNS[pronoun][1]


def agrees(pronoun: str, one: str, many: str) -> str:
    """The verb that fits the pronoun: ``many`` after ellas, ellos and elles, ``one`` else."""
    return many if they(pronoun).endswith("s") else one


FILTERS: Mapping[str, Callable[..., str]] = {
    each.__name__: each for each in (yours, possessive, to, they, them, agrees)
}
"""Those of a Spanish script beside the ones that need no grammar.

There is no article: "un" and "el" are the listener's own words. There is no "their": whether "su"
or "sus" is right, what is owned decides.
"""
