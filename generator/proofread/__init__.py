"""Whether a script keeps what its author, its voice and its listener need of it.

:data:`RULES` is the whole of it: each rule a name, how much it matters, what looks for it, and what
to do.
"""

from generator.proofread.rules import RULES, Rule, findings, impossible, refused

__all__ = ["RULES", "Rule", "findings", "impossible", "refused"]
