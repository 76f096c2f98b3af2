"""Writes scenes.json: what demo-world/world.py makes of some seeds, for the Java port to be compared with.

  python make_fixture.py ../../../../../demo-world > scenes.json        (made with CPython 3.11.7, NumPy 2.4.6)
"""
import base64
import json
import random
import sys
import zlib
from dataclasses import asdict

import numpy as np

sys.path.insert(0, sys.argv[1])
import world

SIZES = ((96, 96), (64, 64), (97, 61), (60, 143), (240, 200))


def packed(mask):
    return base64.b64encode(zlib.compress(np.packbits(mask).tobytes(), 9)).decode()


rng = random.Random(4242)
edits = []
for _ in range(50):
    scene = world.random_scene(rng)
    target, caption = world.edit(scene, rng)
    edits.append({"scene": asdict(scene), "target": asdict(target), "caption": caption, "description": world.describe(target, rng)})
shuffled = list(range(64))
rng.shuffle(shuffled)

drawings = []
for i, edit in enumerate(edits[:20]):
    width, height = SIZES[i % len(SIZES)]
    target = edit["target"]
    scene = world.Scene(**{**target, "companion": target["companion"] and tuple(target["companion"])})
    image, main, around = world.draw(scene, width, height)
    at = np.random.default_rng(i).integers(0, width * height, 40)
    drawings.append({
        "edit": i, "width": width, "height": height, "main": packed(main), "companions": packed(around),
        "means": image.reshape(-1, 3).mean(0).tolist(), "pixels": [[int(p), *image.reshape(-1, 3)[p].tolist()] for p in at]})

numpy_draws = []
for seed in (0, 1, 4242, (1 << 30) - 1):
    g = np.random.default_rng(seed)
    numpy_draws.append({"seed": seed, "uniform": [g.uniform(-3, 5) for _ in range(3)], "integers": [int(g.integers(2, 5)) for _ in range(5)],
                        "normal": [float(x) for x in g.normal(0, 1, 20)], "normal_sum_of_100000": float(g.normal(0, 1, 100000).sum()), "after": g.uniform(0, 1)})

big = random.Random((1 << 40) + 3)
json.dump({"edits": edits, "shuffled": shuffled, "drawings": drawings, "numpy": numpy_draws, "seed above 32 bits": [big.random() for _ in range(3)]},
          sys.stdout, separators=(",", ":"))
