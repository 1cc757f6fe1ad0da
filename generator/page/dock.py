"""The controls, which stay in sight while one reads. Without a script they are not there."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from generator.page.markup import element
from generator.page.words import Words

SPEEDS = (0.75, 0.85, 1, 1.15, 1.3, 1.5)
SLEEP_MINUTES = (5, 10, 15, 20, 30, 45, 60)

_ICONS = {
    "play": "M8 5.2v13.6L19 12z",
    "pause": "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z",
    "earlier": "M18 6v12l-9-6zM6 6h2.2v12H6z",
    "later": "M6 6v12l9-6zM15.8 6H18v12h-2.2z",
    "moon": "M19.6 14.6A8 8 0 0 1 9.4 4.4a8 8 0 1 0 10.2 10.2z",
    "back": "M12 4.5V1.6L7.4 5.5 12 9.4V6.5a6.5 6.5 0 1 1-6.5 6.5h-2A8.5 8.5 0 1 0 12 4.5z",
    "ahead": "M12 4.5V1.6l4.6 3.9L12 9.4V6.5a6.5 6.5 0 1 0 6.5 6.5h2A8.5 8.5 0 1 1 12 4.5z",
}
"""Each drawn in a square of 24."""


def icon(name: str) -> Element:
    """A drawing beside a name that says the same."""
    box = {"viewBox": "0 0 24 24", "aria-hidden": "true", "class": "icon"}
    drawn = Element("svg", box)
    drawn.append(element("path", d=_ICONS[name]))
    return drawn


def dock(say: Words) -> Element:
    """What is heard now, where in it, and the keys to go elsewhere."""
    where = element("button", id="where", type="button")
    where.append(element("span", id="title", dir="auto"))
    where.append(element("span", id="chapter", dir="auto"))
    told = element(
        "div",
        where,
        element("span", id="loading", role="status"),
        element("span", id="timer", class_="timer"),
        class_="told",
    )
    line = element(
        "div",
        element("span", "0:00", id="at", class_="time", aria_hidden="true"),
        element(
            "div",
            element("input", type="range", id="seek", min="0", step="1", aria_label=say.position),
            element("div", id="marks", aria_hidden="true"),
            class_="track-line",
        ),
        element("span", id="left", class_="time", aria_hidden="true"),
        class_="line",
    )
    keys = element(
        "div",
        _choice("speed", say.speed, [(f"{each:g}", f"{each:g}×") for each in SPEEDS], "1"),
        _key("earlier", say.earlier),
        _key("back", say.back, "15"),
        _key("toggle", say.play, drawn=("play", "pause")),
        _key("ahead", say.ahead, "30"),
        _key("later", say.later),
        _sleep(say),
        class_="keys",
    )
    return element(
        "section",
        element("p", id="problem", role="alert"),
        told,
        line,
        keys,
        element("audio", id="audio", preload="none"),
        class_="dock",
        id="dock",
        aria_label=say.player,
    )


def _sleeps(say: Words) -> list[tuple[str, str]]:
    minutes = [(str(each * 60), f"{each} min") for each in SLEEP_MINUTES]
    return [
        ("", say.sleep_off),
        *minutes,
        ("chapter", say.sleep_chapter),
        ("track", say.sleep_track),
    ]


def _key(name: str, label: str, inside: str = "", drawn: tuple[str, ...] = ()) -> Element:
    made = element("button", type="button", id=name, aria_label=label, title=label)
    for each in drawn or (name,):
        made.append(icon(each))
    if inside:
        made.append(element("span", inside, aria_hidden="true"))
    return made


def _sleep(say: Words) -> Element:
    choice = _choice("sleep", say.sleep, _sleeps(say), "")
    return element("span", icon("moon"), choice, class_="moon")


def _choice(name: str, label: str, options: list[tuple[str, str]], chosen: str) -> Element:
    choice = element("select", id=name, aria_label=label, title=label)
    for value, shown in options:
        option = element("option", shown, value=value)
        if value == chosen:
            option.set("selected", "")
        choice.append(option)
    return choice
