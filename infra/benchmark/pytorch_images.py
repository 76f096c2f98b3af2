"""Images in and out for the PyTorch side: targetpad preprocessing, saliency maps at full size, JET overlays (Pillow, NumPy)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(3, 1, 1)
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(3, 1, 1)
TARGET_RATIO = 1.25
OVERLAY_WEIGHT = 0.4


@dataclass(frozen=True)
class Axis:
    """One side of the way from an original to the model's input: pad, resize, centre crop. Whole pixels."""

    length: int
    pad: int
    resized: int
    crop: int
    side: int

    def weights(self, patches: int) -> Tensor:
        """(length, patches): bilinear weights that take a row of patches back to the original's pixels; 0 where the model saw nothing."""
        u = (torch.arange(self.length, dtype=torch.float64) + 0.5 + self.pad) * self.resized / (self.length + 2 * self.pad) - self.crop
        position = (u * patches / self.side - 0.5).clamp(0, patches - 1)
        distance = (position[:, None] - torch.arange(patches)).abs()
        weights = (1 - distance).clamp_min(0)
        weights[(u < 0) | (u >= self.side)] = 0
        return weights.float()


@dataclass(frozen=True)
class Geometry:
    x: Axis
    y: Axis


def plan(width: int, height: int, side: int) -> Geometry:
    longer, shorter = max(width, height), min(width, height)
    pad_x = pad_y = 0
    if longer / shorter >= TARGET_RATIO:
        goal = longer / TARGET_RATIO
        pad_x, pad_y = max(int((goal - width) / 2), 0), max(int((goal - height) / 2), 0)
    padded_width, padded_height = width + 2 * pad_x, height + 2 * pad_y
    if padded_width <= padded_height:
        resized_width, resized_height = side, int(side * padded_height / padded_width)
    else:
        resized_width, resized_height = int(side * padded_width / padded_height), side
    return Geometry(
        Axis(width, pad_x, resized_width, round((resized_width - side) / 2), side),
        Axis(height, pad_y, resized_height, round((resized_height - side) / 2), side),
    )


def preprocess(image: Image.Image, side: int) -> tuple[Tensor, Geometry]:
    """The model's pixels, (3, side, side), and how they were made."""
    geometry = plan(image.width, image.height, side)
    x, y = geometry.x, geometry.y
    if x.pad or y.pad:
        padded = Image.new("RGB", (x.length + 2 * x.pad, y.length + 2 * y.pad))
        padded.paste(image, (x.pad, y.pad))
        image = padded
    image = image.resize((x.resized, y.resized), Image.Resampling.BICUBIC)
    image = image.crop((x.crop, y.crop, x.crop + side, y.crop + side))
    pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
    return (pixels - MEAN) / STD, geometry


def normalise(grid: Tensor) -> Tensor:
    """Min-max to [0, 1]; a constant grid becomes 0."""
    grid = grid - grid.min()
    return grid / grid.max() if grid.max() > 0 else grid


def full_size(grid: Tensor, geometry: Geometry) -> np.ndarray:
    """The normalised grid on the original's pixels, float32 (height, width)."""
    return (geometry.y.weights(len(grid)) @ normalise(grid) @ geometry.x.weights(len(grid)).T).numpy()


def jet() -> list[int]:
    """JET as a palette of 256 RGB entries: each channel rises and falls by 4 a step."""
    i = np.arange(256)
    channel = lambda rise, fall: np.clip(np.minimum(4 * i + rise, fall - 4 * i), 0, 255)
    return np.stack([channel(-382, 1148), channel(-128, 892), channel(128, 638)], 1).ravel().tolist()


JET = jet()


def overlay(original: Image.Image, full: np.ndarray) -> Image.Image:
    levels = Image.fromarray((full * 255).astype(np.uint8))
    levels.putpalette(JET)
    return Image.blend(original, levels.convert("RGB"), OVERLAY_WEIGHT)


def save(original: Image.Image, grid: Tensor, geometry: Geometry, heatmap: Path, array: Path, png_level: int) -> None:
    """Writes the overlay as PNG and the numbers as NPY, both at the original's size."""
    full = full_size(grid, geometry)
    overlay(original, full).save(heatmap, compress_level=png_level)
    np.save(array, full)
