"""The words at which a recording stops being the right company."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache

from generator.errors import DetailError

_PHRASES = """
suicid*
(kill|killing|killed) myself
(hurt|hurting|cut|cutting|harm|harming|hang|hanging|hanged|drown|drowning|shoot|shooting) myself
(poison|poisoning|starve|starving|stab|stabbing) myself
(please|just) kill me
kill me now
self(harm*|injur*|mutilat*)
(slit|slitting|cut|cutting) my wrists
(end|ending|take|taking) my( own)? life
(end|ending) it all
(want|wants|wanted|wanting|wish|wished|wishing) to (die|be dead)
wanna die
(wish|wished|wishing) i (was|were) dead
(wish|wished|wishing) i (was|were|had) never( been)? born
better off (dead|without me)
(not|dont|didnt) want(ed)? to (live|be alive)
no (reason|will|point) (to live|in living|to go on)
nothing to live for
(not|isnt) worth living
tired of (living|life|being alive)
(jump|jumping|jumped) (off|from) (a|the) (bridge|roof)
unaliv*
kms
no longer want to live
(dont|do not) wanna live
dont want to (be here|exist)( anymore)
dont want to exist
rather (die|be dead)
want my life to end
ended it all
took my( own)? life
(took|take|taking) an overdose
(slit|cut|cutting) my (throat|arms|arm)
(burn|burning) myself on purpose
(jump|jumping) (in front of|off) (a|the) (train|building)
no point living

(quiero|quisiera|voy a|ganas de|pienso en) (matarme|hacerme daño|morir|morirme)
(quiero|quisiera) estar muert(o|a)
quitarme la vida
me quiero (matar|morir)
(acabar|terminar) con mi vida
autolesi*
no quiero (seguir )?(vivir|viviendo)
(cortarme las venas|ahorcarme)

(suizid|selbstmord|selbstmörder|selbsttötung|selbstverletz|freitod|lebensmüde)*
(mich|mir)( selbst)? (umbringen|umzubringen|töten|zu töten|verletzen|ritzen|erhängen)
bringe? mich um
(mir|mein) (selbst )?(das )?leben (nehmen|zu nehmen|beenden|zu beenden)
nicht mehr (leben|weiterleben)
(will|möchte|wollte|lieber) (sterben|tot sein)
(sterben|tot sein) (will|möchte|wollte)

(veux|voudrais|vais|envie de|pense à) (me tuer|me faire du mal|mourir)
(veux|voudrais) en finir
(mettre|mettrai) fin à (mes jours|ma vie)
en finir avec (la|ma) vie
(veux|peux) (plus|pas) vivre
plus envie de vivre
(me mutiler|automutil*|m ôter la vie|m enlever la vie)

(quero|queria|vou|vontade de|penso em) (me matar|matar me|morrer)
(tirar|acabar com) (a )?minha (própria )?vida
não (quero|queria) (mais )?(viver|estar viv(o|a))
(me enforcar|me mutilar|cortar os pulsos)

(voglio|vorrei|volevo|voglia di|penso di) (uccidermi|ammazzarmi|farmi del male|morire|farla finita)
(voglio|vorrei) essere mort(o|a)
togliermi la vita
non voglio (più )?vivere
(impiccarmi|autolesion*|tagliarmi le vene)

(zelfmoord|zelfdoding|zelfbeschadig|zelfverwond)*
(mezelf|mijzelf) (te )?(doden|van kant maken|verwonden|snijden|ophangen|ombrengen)
(wil|wilde|wou|liever) (dood|sterven)
(dood|sterven) (wil|wilde|wou)
niet meer (leven|willen leven|verder leven)
(einde|eind) (aan|maken aan) mijn leven
uit het leven stappen
"""
"""English, Spanish, German, French, Portuguese, Italian, Dutch: accents and spaces do not count."""
_HARMLESS = re.compile(
    r"\bself[\s-]+(?:doubt|esteem|image|pity|help|care|talk|critic|conscious)\w*"
    r"|\bcut(?:ting)?\s+myself\s+(?:off|short|loose|(?:some|more|a\s+\w+(?:\s+of)?)\s+slack)\b"
    r"|\bshoot(?:ing)?\s+myself\s+in\s+the\s+foot\b"
    r"|\btak(?:e|ing)\s+my\s+(?:own\s+)?life\s+(?:back|in|into|seriously)\b"
    r"|\b(?:in|at|by)\s+the\s+end\b"
    r"|\bself[\s-]+(?:worth|respect|confidence|harmon\w*)"
    r"|\bcut(?:ting)?\s+myself\s+(?:a|an|shaving)\b"
    r"|\bdie\s+mich\s+verletzen\b"
)
"""What only looks alike, and is what people say who come for kindness."""
_TWINS = str.maketrans("аеікмнорстухјѕԁıαεικοłƙĸ", "aeikmhopctyxjsdiaeikolkk")
"""Letters of other alphabets, and a dotless one, that look like Latin ones."""
_LOOKS = str.maketrans("@48310!|l5$7#", "aabeioiiisst*")
"""What stands for a letter; 1, ! and l all look like an i. A star stands for a vowel."""
_BETWEEN = re.compile(r"[\s._~+'’,/:()&–—-]{1,3}")


def refuse_crisis(text: str, where: str) -> None:
    """Raise DetailError, with the line that helps, when a text speaks of suicide or self-harm.

    It errs on the side of stopping: a false alarm costs another choice of words.
    """
    if _pattern().search(_bones(_HARMLESS.sub("; ", _plain(text)))):
        raise DetailError(
            "speaks of suicide or self-harm, and a recording is not the right company for that",
            where=where,
            remedy=crisis_line(),
        )


def crisis_line() -> str:
    """The line a person in need is pointed to, as the publisher configured it."""
    return os.environ.get("MEDITATE_SUPPORT_LINE") or (
        "Please talk to someone now: the emergency number where you are, or a crisis line."
    )


def _plain(text: str) -> str:
    """The text in small Latin letters without accents and without what cannot be seen."""
    apart = unicodedata.normalize("NFKD", text)
    seen = (each for each in apart if unicodedata.category(each) not in ("Mn", "Me", "Cf"))
    return "".join(seen).casefold().translate(_TWINS)


def _bones(plain: str) -> str:
    """A plain text with one look for all that look alike, and one space for what parts letters."""
    inside = re.sub(r"!(?!\w)", ";", plain)
    return _BETWEEN.sub(" ", inside.translate(_LOOKS))


@cache
def _pattern() -> re.Pattern[str]:
    """All phrases at once, as bones; a space may stand between any two letters."""
    phrases = "|".join(_spread(line) for line in _PHRASES.splitlines() if line)
    return re.compile(rf"(?<![^\W\d_])(?:{phrases})(?![^\W\d_])")


def _spread(phrase: str) -> str:
    letters = _plain(phrase).replace("l", "i").replace(" ", "")
    spread = re.sub("[a-z]", r" ?\g<0>", letters.replace("*", "\0"))
    masked = re.sub("[aeiou]", r"[\g<0>*]", spread)
    return masked.replace("(", "(?:").replace("\0", r"[^\W\d_]*")
