"""Whether two sides gave the same answer: ranking, scores, maps and files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

SCORE_TOLERANCE = 2e-5  # absolute; cosines
LENGTH_TOLERANCE = 1e-4  # relative; the length of the pseudo word
GRID_TOLERANCE = 2e-3  # of the grid's largest value
FILE_TOLERANCE = 2e-3  # of maps in [0, 1]
LEVEL_TOLERANCE = 2  # of overlays in 0..255: a value at the edge of two JET colours, 4 apart, of which 0.4 is drawn
FEATURE_TOLERANCE = 2e-5


tolerant = False  # whether sides may disagree: where one of them was told to compute less exactly


def require(holds: bool, what: str) -> None:
    if holds:
        return
    if not tolerant:
        raise SystemExit(f"the sides disagree: {what}")
    print(f"the sides differ: {what}", flush=True)


def same_answer(ours: dict, theirs: dict) -> dict:
    """The largest differences of two answers to the same query; ends the program if one is over its tolerance."""
    require(ours["names"] == theirs["names"], f"ranking {ours['names']} and {theirs['names']}")
    scores = largest(ours["scores"], theirs["scores"])
    explained = max(largest(ours["candidate_scores"], theirs["candidate_scores"]), largest(ours["candidate_scores"], ours["scores"][: len(ours["candidate_scores"])]))
    length = abs(ours["reference_target"] / theirs["reference_target"] - 1)
    grids = max(relative(a, b) for a, b in zip([ours["reference_grid"], *ours["candidate_grids"]], [theirs["reference_grid"], *theirs["candidate_grids"]], strict=True))
    require(scores <= SCORE_TOLERANCE, f"scores differ by {scores}")
    require(explained <= SCORE_TOLERANCE, f"explained scores differ by {explained}")
    require(length <= LENGTH_TOLERANCE, f"pseudo words' lengths differ by {length}, relative")
    require(grids <= GRID_TOLERANCE, f"maps differ by {grids} of their largest value")
    return {"scores": scores, "explained": explained, "length": length, "grids": grids}


def same_files(ours: Path, theirs: Path) -> dict:
    """The largest differences of two queries' overlays and arrays."""
    names = sorted(path.name for path in theirs.iterdir() if path.suffix in (".png", ".npy"))
    require(len(names) == 8, f"{theirs} has {names}")
    levels, values = 0, 0.0
    for name in names:
        if name.endswith(".png"):
            a, b = (np.asarray(Image.open(folder / name), np.int16) for folder in (ours, theirs))
            levels = max(levels, int(np.abs(a - b).max()))
        else:
            a, b = (np.load(folder / name) for folder in (ours, theirs))
            require(a.dtype == b.dtype and a.shape == b.shape, f"{name}: {a.dtype} {a.shape} and {b.dtype} {b.shape}")
            values = max(values, float(np.abs(a - b).max()))
    require(levels <= LEVEL_TOLERANCE, f"overlays differ by {levels} levels")
    require(values <= FILE_TOLERANCE, f"full-size maps differ by {values}")
    return {"overlay_levels": levels, "arrays": values}


def same_gallery(galleries: Path, features: Path) -> dict:
    """The largest difference of two galleries' rows; both are in the order of their names."""
    version = galleries / "benchmark" / (galleries / "benchmark" / "current").read_text().strip()
    theirs = np.load(features)
    size = json.loads((version / "manifest.json").read_text())["size"]
    ours = np.fromfile(version / "features.f32", "<f4").reshape(size, -1)
    require(ours.shape == theirs.shape, f"galleries are {ours.shape} and {theirs.shape}")
    difference = float(np.abs(ours - theirs).max())
    require(difference <= FEATURE_TOLERANCE, f"features differ by {difference}")
    return {"features": difference}


def largest(a: list[float], b: list[float]) -> float:
    return float(np.abs(np.subtract(a, b)).max())


def relative(a: list[float], b: list[float]) -> float:
    return largest(a, b) / max(np.abs(b).max(), 1e-20)
