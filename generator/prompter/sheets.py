"""The sentences as files: text, a page to read from, a sheet to tick, and the list behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape

from generator.model import Sentence
from generator.prompter.numbers import LIST

TEXT, PAGE, SHEET = "sentences.txt", "sentences.html", "sheet.html"
FILES = (LIST, TEXT, PAGE, SHEET)
"""Every file that is written here."""

_HOW = (
    "Read each sentence as you would say it to one person, calmly and in one go.",
    "One file a sentence: call it by its number, as 12.wav. Any sound format will do.",
    "Or one long take: be silent for two seconds between sentences, and call it {range}.wav.",
    "A sentence that went wrong is best read again, into a file of its own: that one counts.",
    "Put the files into the folder of this list, and run the same command again.",
)
_STYLE = """
body { font: 13pt/1.5 Georgia, serif; max-width: 40em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.4em; } .how { font-size: .8em; color: #444; }
li, tr { break-inside: avoid; } ol { list-style: none; padding: 0; }
li { display: flex; gap: 1.2em; margin: 0 0 1.3em; font-size: 1.25em; }
b { flex: 0 0 2.5em; text-align: right; color: #777; font-weight: normal; }
table { border-collapse: collapse; width: 100%; font-size: .8em; }
td, th { border-bottom: 1px solid #bbb; padding: .35em .5em; text-align: left; }
@page { margin: 18mm; }
"""
_BOX, _TICKED = "\u2610", "\u2611"


def sheets(
    title: str, language: str, sentences: Sequence[Sentence], read: Mapping[int, str]
) -> Mapping[str, str]:
    """The content of every file by its name. Numbers in ``read`` are ticked, with a note each."""
    how = [each.format(range=f"1-{len(sentences)}") for each in _HOW]
    return {
        TEXT: _text(title, how, sentences),
        PAGE: _page(title, language, how, _items(sentences)),
        SHEET: _page(title, language, (), _table(sentences, read)),
        LIST: json.dumps(
            {"schema": 1, "sentences": [each.text for each in sentences]},
            indent=1,
            ensure_ascii=False,
        ),
    }


def _text(title: str, how: Sequence[str], sentences: Sequence[Sentence]) -> str:
    width = len(str(len(sentences)))
    lines = [f"{each.number:>{width}}  {_line(each.text)}" for each in sentences]
    return "\n".join((title, "", *how, "", *lines)) + "\n"


def _page(title: str, language: str, how: Sequence[str], body: str) -> str:
    """A page that loads nothing and runs nothing, wherever it is opened."""
    notes = "".join(f"<p>{escape(each)}</p>\n" for each in how)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<h1>{escape(title)}</h1>\n<div class="how">\n{notes}</div>\n{body}</body>\n</html>\n'
    )


def _items(sentences: Sequence[Sentence]) -> str:
    items = (
        f"<li><b>{each.number}</b><span>{escape(_line(each.text))}</span></li>\n"
        for each in sentences
    )
    return f"<ol>\n{''.join(items)}</ol>\n"


def _table(sentences: Sequence[Sentence], read: Mapping[int, str]) -> str:
    rows = (
        f"<tr><td>{_TICKED if each.number in read else _BOX}</td><td>{each.number}.wav</td>"
        f"<td>{escape(_line(each.text))}</td><td>{escape(read.get(each.number, ''))}</td></tr>\n"
        for each in sentences
    )
    head = "<tr><th></th><th>file</th><th>sentence</th><th>notes</th></tr>\n"
    return f"<table>\n{head}{''.join(rows)}</table>\n"


def _line(text: str) -> str:
    return " ".join(text.split())
