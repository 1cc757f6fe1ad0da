"""Slow movements around the loop: what makes a sound breathe without a period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from generator.bed.weave import PERIOD_S, STEPS

if TYPE_CHECKING:
    from generator.bed.weave import Floats


def wander(rng: np.random.Generator, turns: int) -> Floats:
    """A curve that goes its way between -1 and 1, shape ``(STEPS,)``.

    It is made of 1 to ``turns`` cosines a loop, of random phase: none outdoes the others enough for
    a period to be heard.
    """
    order = np.arange(1, turns + 1)[:, np.newaxis]
    phases = rng.uniform(0, 2 * np.pi, order.shape)
    cosines = np.cos(order * (np.arange(STEPS) * (2 * np.pi / STEPS)) + phases)
    curve: Floats = (cosines / np.sqrt(order)).sum(axis=0)
    highest: Floats = np.abs(curve).max()
    return curve / highest


def moments_s(rng: np.random.Generator, count: int, least_s: float, most_s: float) -> Floats:
    """When something happens ``count`` times a loop, each so long after the one before."""
    while True:
        apart = rng.uniform(least_s, most_s, count)
        apart *= PERIOD_S / apart.sum()
        if least_s <= apart.min() and apart.max() <= most_s:
            return np.cumsum(apart) % PERIOD_S


def swells(at_s: Iterable[float], rise_s: float, fall_s: float, heights: Floats) -> Floats:
    """Swells that are highest at these moments, shape ``(STEPS,)``.

    Each rises as a squared cosine and falls by a factor of e in ``fall_s``.
    """
    curve = np.zeros(STEPS)
    for peak_s, height in zip(at_s, heights, strict=True):
        curve += height * np.where(
            (away_s := _since(peak_s)) < 0,
            np.cos(np.clip(-away_s / rise_s, 0, 1) * (np.pi / 2)) ** 2,
            np.exp(-np.maximum(away_s, 0) / fall_s),
        )
    return curve


def _since(moment_s: float) -> Floats:
    """Seconds from a moment to each step, from -half a loop to half a loop."""
    times_s = np.arange(STEPS) * (PERIOD_S / STEPS)
    since: Floats = (times_s - moment_s + PERIOD_S / 2) % PERIOD_S - PERIOD_S / 2
    return since
