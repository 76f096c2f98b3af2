"""Composed image retrieval with Grad-ECLIP saliency in plain PyTorch, timed: the side that Heliograph is compared with.

    python pytorch_pipeline.py --inputs FOLDER --out FOLDER [--style plain|tuned] SECTION...

    one          one query alone, all files written (overlay PNG, array NPY, results.json)
    one-bare     the same query, nothing written: ranking and grids only
    queue:N      N different queries one after the other, all files written
    queue-bare:N the same, nothing written
    gallery      features of all images of a folder, from file to row
    -            further sections are read from standard input, one a line, until it ends

When everything is loaded, and after each section, one line of JSON is printed.

plain: each step as a reader of the papers would write it. One forward per image and purpose, text padded to the context, files by Pillow and
NumPy with their defaults. tuned: what can be had without leaving Python. The reference's forward is kept for its map, candidates share a
forward, text ends at its end, PNG at compression level 1, files written by two threads while the next query computes.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pytorch_clip import Clip, LastBlock, Phi
from pytorch_images import Geometry, preprocess, save

TOP_K = 10
CANDIDATES = 3
GALLERY_BATCH = 32


@dataclass(frozen=True)
class Style:
    reuse: bool  # a forward serves the feature and the map; candidates share one; text ends at its end
    png_level: int  # 6 is Pillow's default
    writers: int  # threads that write files and decode the gallery's images; 0: none but the main thread


STYLES = {"plain": Style(False, 6, 0), "tuned": Style(True, 1, 2)}


@dataclass(frozen=True)
class Picture:
    name: str
    original: Image.Image
    pixels: Tensor  # (3, S, S)
    geometry: Geometry


@dataclass(frozen=True)
class Answer:
    names: list[str]
    scores: list[float]
    reference_target: float
    reference_grid: Tensor  # (patches, patches), raw
    candidate_scores: list[float]
    candidate_grids: list[Tensor]


def unit(x: Tensor) -> Tensor:
    return x / x.norm(dim=-1, keepdim=True)


def grad_eclip(clip: Clip, last: LastBlock, target: Tensor) -> Tensor:
    """Raw maps (B, patches, patches) of the targets (B), each of which depends on its own image alone."""
    gradient = torch.autograd.grad(target.sum(), last.attention)[0][:, 0]
    with torch.no_grad():
        projection = f"{clip.vision.blocks}.{clip.vision.layers - 1}.self_attn.out_proj"
        q = unit(clip.linear(last.q[:, 0], projection))
        k = unit(clip.linear(last.k[:, 1:], projection))
        cosine = torch.einsum("btw,bw->bt", k, q)
        low, high = cosine.amin(1, keepdim=True), cosine.amax(1, keepdim=True)
        signed = (cosine - low) / (high - low) * torch.einsum("btw,bw->bt", last.v[:, 1:], gradient)
        return signed.relu().view(-1, clip.patches, clip.patches)


class Pipeline:
    def __init__(self, inputs: Path, out: Path, style: Style):
        self.inputs, self.out, self.style = inputs, out, style
        self.clip = Clip(inputs / "model")
        self.phi = Phi(inputs / "phi.pt")
        database = torch.load(inputs / "gallery.pt", map_location="cpu", weights_only=True)
        self.features, self.names = database["features"], database["names"]
        self.queries = json.loads((inputs / "queries.json").read_text())
        self.writers = ThreadPoolExecutor(style.writers) if style.writers else None

    # ------------------------------------------------------------------ one query
    def answer(self, query: dict, folder: Path | None) -> tuple[Answer, list[Future]]:
        """The answer, and the files that are still being written into the folder."""
        reference = self.picture(query["reference"])
        feature, last = self.encode_reference(reference)
        with torch.no_grad():
            word = self.phi(feature)
            composed = unit(self.clip.encode_text(f"a photo of $ that {query['caption']}", word, self.style.reuse))
            scores, rows = (self.features @ composed).topk(TOP_K)
        names = [self.names[row] for row in rows.tolist()]

        target = self.phi(last.feature).norm(dim=-1)
        reference_grid = grad_eclip(self.clip, last, target)[0]
        candidates = [self.picture(f"images/{name}") for name in names[:CANDIDATES]]
        candidate_scores, candidate_grids = self.explain(candidates, composed)
        answer = Answer(names, scores.tolist(), target.item(), reference_grid, candidate_scores, candidate_grids)
        return answer, self.write(answer, reference, candidates, folder) if folder else []

    def picture(self, path: str) -> Picture:
        original = Image.open(self.inputs / path).convert("RGB")
        return Picture(Path(path).stem, original, *preprocess(original, self.clip.side))

    def encode_reference(self, reference: Picture) -> tuple[Tensor, LastBlock]:
        pixels = reference.pixels[None]
        last = self.clip.last_block(self.clip.trunk(pixels))
        return (last.feature.detach() if self.style.reuse else self.clip.encode_image(pixels)), last

    def explain(self, candidates: list[Picture], composed: Tensor) -> tuple[list[float], list[Tensor]]:
        together = torch.stack([candidate.pixels for candidate in candidates])
        scores, grids = [], []
        for pixels in [together] if self.style.reuse else together.split(1):
            last = self.clip.last_block(self.clip.trunk(pixels))
            target = unit(last.feature) @ composed
            scores += target.tolist()
            grids += grad_eclip(self.clip, last, target)
        return scores, grids

    # ------------------------------------------------------------------ files
    def write(self, answer: Answer, reference: Picture, candidates: list[Picture], folder: Path) -> list[Future]:
        folder.mkdir(parents=True, exist_ok=True)
        jobs = [(reference, answer.reference_grid, "reference_heatmap.png", "reference_saliency.npy")]
        for rank, (candidate, grid) in enumerate(zip(candidates, answer.candidate_grids), 1):
            jobs.append((candidate, grid, f"result_{rank}_heatmap_{candidate.name}.png", f"result_{rank}_saliency_{candidate.name}.npy"))
        writing = [
            self.later(save, picture.original, grid, picture.geometry, folder / heatmap, folder / array, self.style.png_level)
            for picture, grid, heatmap, array in jobs
        ]
        (folder / "results.json").write_text(json.dumps(as_json(answer)))
        return writing

    def later(self, work, *arguments) -> Future:
        if self.writers:
            return self.writers.submit(work, *arguments)
        done: Future = Future()
        done.set_result(work(*arguments))
        return done

    # ------------------------------------------------------------------ many
    def queue(self, count: int, files: bool) -> Answer:
        """Answers the first so many queries; with writers, at most two queries' files are on their way."""
        writing: list[list[Future]] = []
        for i in range(count):
            answer, files_of_query = self.answer(self.queries[i % len(self.queries)], self.out / f"q{i:03d}" if files else None)
            writing.append(files_of_query)
            if len(writing) > 2:
                wait(writing.pop(0))
        for files_of_query in writing:
            wait(files_of_query)
        return answer

    def build_gallery(self) -> Tensor:
        paths = sorted((self.inputs / "images").iterdir())
        rows = []
        load = lambda path: self.picture(f"images/{path.name}").pixels
        for pixels in self.writers.map(load, paths) if self.writers else map(load, paths):
            rows.append(pixels)
        features = [self.clip.encode_image(torch.stack(rows[i : i + GALLERY_BATCH])) for i in range(0, len(rows), GALLERY_BATCH)]
        features = unit(torch.cat(features))
        np.save(self.out / "gallery.npy", features.numpy())
        return features


def wait(writing: list[Future]) -> None:
    for file in writing:
        file.result()


def as_json(answer: Answer) -> dict:
    return {
        "names": answer.names,
        "scores": answer.scores,
        "reference_target": answer.reference_target,
        "reference_grid": answer.reference_grid.flatten().tolist(),
        "candidate_scores": answer.candidate_scores,
        "candidate_grids": [grid.flatten().tolist() for grid in answer.candidate_grids],
    }


def run(pipeline: Pipeline, section: str) -> dict:
    name, _, count = section.partition(":")
    work = {
        "one": lambda: pipeline.queue(1, True),
        "one-bare": lambda: pipeline.queue(1, False),
        "queue": lambda: pipeline.queue(int(count), True),
        "queue-bare": lambda: pipeline.queue(int(count), False),
        "gallery": pipeline.build_gallery,
    }
    if name not in work:
        raise SystemExit(f"section: {section} is none of {', '.join(work)}")
    cpu, start = time.process_time(), time.perf_counter()
    result = work[name]()
    seconds = time.perf_counter() - start
    line = {"section": section, "seconds": seconds, "cpu_seconds": time.process_time() - cpu, "resident_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    if isinstance(result, Answer):
        line["queries"] = int(count or 1)
        line["answer"] = as_json(result)
    else:
        line["images"] = len(result)
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--style", choices=STYLES, default="plain")
    parser.add_argument("sections", nargs="+")
    args = parser.parse_args()

    start = time.perf_counter()
    pipeline = Pipeline(args.inputs, args.out, STYLES[args.style])
    args.out.mkdir(parents=True, exist_ok=True)
    ready = {"section": "ready", "seconds": time.perf_counter() - start, "torch": torch.__version__, "threads": torch.get_num_threads()}
    print(json.dumps(ready), flush=True)
    for section in args.sections:
        for wanted in (line.strip() for line in sys.stdin) if section == "-" else [section]:
            print(json.dumps(run(pipeline, wanted)), flush=True)


if __name__ == "__main__":
    main()
