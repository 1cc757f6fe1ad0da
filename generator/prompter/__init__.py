"""What is put before somebody who lends a voice: the numbered sentences, to read and to tick."""

from generator.prompter.numbers import LIST, known, numbered
from generator.prompter.sheets import FILES, sheets

__all__ = ["FILES", "LIST", "known", "numbered", "sheets"]
