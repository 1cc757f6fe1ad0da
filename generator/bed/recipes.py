"""The built-in beds: what each is made of, and how it makes way for the voice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.bed.drops import Drops
from generator.bed.names import BINAURAL, NONE
from generator.bed.noise import Band, Steady
from generator.bed.tones import Bowls, Chord, Tone
from generator.bed.weather import ocean, wind
from generator.model import Duck

if TYPE_CHECKING:
    import numpy as np

    from generator.bed.weave import Layer

_DRONE = Chord(
    root_hz=110,
    tones=(
        Tone(1.0, 0.0, 2.0),
        Tone(1.5, -2.0, 5.0),
        Tone(2.0, -4.0, 6.0),
        Tone(2.5, -5.0, 18.0),
        Tone(3.0, -7.0, 12.0),
        Tone(4.5, -11.0, 20.0),
    ),
)


@dataclass(frozen=True)
class Recipe:
    """One bed."""

    about: str
    duck: Duck
    sounds: tuple[tuple[float, Callable[[np.random.Generator], Layer]], ...] = ()
    """Each with its share of what is heard."""


RECIPES: Mapping[str, Recipe] = {
    "drone": Recipe("a deep chord that slowly moves", Duck(), ((1.0, _DRONE.layer),)),
    "bowls": Recipe(
        "singing bowls, struck softly now and then",
        Duck(depth_db=5.0, back_s=2.5),
        ((0.96, Bowls().layer), (0.04, Steady(Band(-6.0, 40.0, 1_500.0)).layer)),
    ),
    "rain": Recipe(
        "steady rain, with drops near by",
        Duck(depth_db=7.0, rise_db=1.0),
        (
            (0.70, Steady(Band(-3.0, 350.0, 12_000.0)).layer),
            (0.15, Steady(Band(-5.0, 45.0, 500.0)).layer),
            (0.15, Drops(a_second=90.0).layer),
        ),
    ),
    "ocean": Recipe(
        "waves on a flat beach, 8 to 14 seconds apart",
        Duck(depth_db=7.0, back_s=2.0),
        ((1.0, ocean),),
    ),
    "wind": Recipe("wind that rises and sinks", Duck(depth_db=7.0, back_s=2.0), ((1.0, wind),)),
    "brown": Recipe(
        "deep, dark noise", Duck(rise_db=1.0), ((1.0, Steady(Band(-6.0, 40.0, 6_000.0)).layer),)
    ),
    "pink": Recipe(
        "even, brighter noise",
        Duck(depth_db=7.0, rise_db=1.0),
        ((1.0, Steady(Band(-3.0, 40.0, 12_000.0)).layer),),
    ),
    BINAURAL: Recipe(
        "two tones, one an ear, that differ by a few hertz", Duck(depth_db=4.0, rise_db=1.0)
    ),
    NONE: Recipe(
        "a quiet room",
        Duck(depth_db=0.0, rise_db=0.0),
        ((1.0, Steady(Band(-3.0, 40.0, 4_000.0)).layer),),
    ),
}
