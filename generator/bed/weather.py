"""Sea and wind: noise that moves as they do."""

from __future__ import annotations

import numpy as np

from generator.bed.curves import moments_s, swells, wander
from generator.bed.noise import Band, noise
from generator.bed.weave import STEPS, Layer

_WAVES = 14
_SEA = (
    Band(-6.0, 40.0, 260.0),  # what is felt rather than heard
    Band(-4.0, 120.0, 2_200.0),  # the swell that comes up
    Band(-2.0, 700.0, 11_000.0),  # the surf that breaks and runs out
)

_ROAR = Band(-6.0, 40.0, 220.0)
_AIR = Band(-3.0, 900.0, 11_000.0)
_MIDDLE_HZ = 330.0
_OCTAVES = 1.1
"""How far the wind's band wanders up and down."""
_BANK_HZ = [_MIDDLE_HZ * 2.0 ** (half / 2) for half in range(-5, 6)]
"""Bands of half an octave, of which a few sound at a time."""


def ocean(rng: np.random.Generator) -> Layer:
    """Waves on a flat beach: 14 a loop, 8 to 14 s apart, none as high as another."""
    at_s = moments_s(rng, _WAVES, 8.0, 14.0)
    heights = rng.permutation(np.linspace(0.45, 1.0, _WAVES))
    leans = rng.uniform(-0.35, 0.35, _WAVES)
    shares = np.empty((STEPS, len(_SEA), 2))
    for side, lean in ((0, 1 + leans), (1, 1 - leans)):
        come = heights * lean
        shares[:, 0, side] = 0.30 * (0.15 + swells(at_s - 0.8, 4.5, 3.0, come))
        shares[:, 1, side] = 0.10 + swells(at_s, 4.0, 2.2, come)
        shares[:, 2, side] = 0.05 + 0.55 * swells(at_s + 0.5, 2.2, 2.8, come**1.3)
    return noise(_SEA, shares, rng)


def wind(rng: np.random.Generator) -> Layer:
    """Wind around a house: a band that wanders, higher where it blows harder, over a low roar."""
    bank = [Band(0.0, hz * 0.84, hz * 1.19) for hz in _BANK_HZ]
    octaves = np.log2(np.array(_BANK_HZ) / _MIDDLE_HZ)
    shares = np.empty((STEPS, 2 + len(bank), 2))
    blows, gusts = wander(rng, 12), wander(rng, 40)
    for side in (0, 1):
        here = np.roll(blows, 7 * side)  # it comes from the left, over 0.7 s
        power = 10.0 ** ((4.5 * here + 2.0 * gusts) / 10)
        spread = np.exp(-(((octaves - _OCTAVES * here[:, np.newaxis]) / 0.7) ** 2))
        shares[:, 0, side] = 0.10 + 0.20 * power
        shares[:, 1, side] = 0.02 + 0.06 * power
        shares[:, 2:, side] = power[:, np.newaxis] * spread / spread.sum(axis=1, keepdims=True)
    return noise((_ROAR, _AIR, *bank), shares, rng)
