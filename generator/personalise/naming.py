"""What a listener told us, as something to speak of: it may stand after "come back to".

Most answers are that as they are. One that is a whole sentence becomes the thought of it.
"""

from __future__ import annotations

import re

from generator.personalise.second_person import yours

_ACTS = re.compile(r"(?:i|we|he|she|they)(?:['’´`]\w+)?\s+(?!(?:and|or|who|two|three)\b)\w", re.I)
"""A subject that can be nothing else, and what it does: spoken of, it would be "me" or "him"."""
_IS = re.compile(
    r"(?:you|it|this|there|nothing|everything|(?:no|every)(?:one|body)|no one)"
    r"(?:['’´`](?:s|re|d|ll|ve)\s|\s+(?:is|are|was|were|has|have|had|can|could|will|would|do|does|did"
    r"|must|may|might|should|ca|wo)(?:not|n['’]?t)?\b)",
    re.I,
)
"""What may be all of an answer, so that it takes a verb to tell."""
_HOPES = re.compile(
    r"to\s+(?!(?:the|an?|my|our|this|that|these|those|his|her|its|their|bed)\b)\w", re.I
)
"""What is hoped for, and no way to somewhere."""
_ONE_OF_MANY = re.compile(r"^an?\s+(?!(?:few|lot|bit|little)\b)(?=\w)", re.IGNORECASE)


def noun(text: str) -> str:
    """The listener's own words said to them, where only someone or something will do.

    "my old dog" becomes "your old dog". "I can't ever rest" is a sentence, and becomes "the thought
    that you can't ever rest"; "to sleep" becomes "the wish to sleep".
    """
    said = yours(text)
    if not (kind := _kind(text)):
        return said
    begun = said if said.isupper() else said[0].lower() + said[1:]
    return f"the {kind} {begun}" if kind == "wish" else f"the {kind} that {begun.rstrip('.!… ')}"


def again(text: str) -> str:
    """The same once it is known: "an old oak" is now "the old oak", a sentence "that thought"."""
    if kind := _kind(text):
        return f"that {kind}"
    return _ONE_OF_MANY.sub("the ", yours(text))


def _kind(text: str) -> str:
    """What an answer is that names nobody and nothing: a thought, or a wish."""
    if _HOPES.match(text):
        return "wish"
    return "thought" if _ACTS.match(text) or _IS.match(yours(text)) else ""
