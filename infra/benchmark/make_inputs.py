"""Makes everything that both sides of the benchmark read, from a seed: a random ViT-B/32 with phi, photograph-like JPEGs, a gallery and queries.

    python make_inputs.py --tokenizer FOLDER --out FOLDER [--seed 1] [--gallery-size 30000]

FOLDER for --tokenizer is any CLIP folder in Hugging Face layout: its tokenizer files are copied.

    out/model/                config.json, model.safetensors (fp32), tokenizer files
    out/phi.pt
    out/references/*.jpg      3016 x 3080
    out/images/*.jpg          about 1000 x 1000: the files behind the gallery's best rows, and what a gallery is built from
    out/gallery.pt            features (N, 512), names, dataset_info
    out/queries.json          [{"reference", "caption"}], references by path below out/

Gallery rows with a file hold that file's own feature; all other rows are random and lie further from every query than any of these, so that
each answer is well-defined and its images exist. Weights are random: the numbers are exact to compare, the answers mean nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from safetensors.torch import save_file

from pytorch_clip import Clip, Phi
from pytorch_images import preprocess

VISION = dict(hidden_size=768, intermediate_size=3072, num_attention_heads=12, num_hidden_layers=12, image_size=224, patch_size=32)
TEXT = dict(hidden_size=512, intermediate_size=2048, num_attention_heads=8, num_hidden_layers=12, max_position_embeddings=77, vocab_size=49408)
COMMON = dict(hidden_act="quick_gelu", layer_norm_eps=1e-5, projection_dim=512)
DIMENSION = 512
PHI_HIDDEN = 2048
TOKENIZER_FILES = ("tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json")

REFERENCES, REFERENCE_SIZE = 4, (3016, 3080)
IMAGES, IMAGE_SIDES = 64, range(940, 1060)
QUERIES = 100
GRAIN = 4.5  # levels, standard deviation
EDITS = ("is red instead of blue", "has two more windows", "is seen from above at night", "shows the same dog on a beach", "has no people in it",
         "is striped, with a longer handle", "is a drawing of the same scene", "stands next to an open door", "is made of wood", "has snow on the roof")


class RandomWeights:
    """Weights whose activations keep their scale through the layers, so that images and captions stay apart."""

    def __init__(self, seed: int):
        self.generator = torch.Generator().manual_seed(seed)
        self.state: dict[str, torch.Tensor] = {}

    def normal(self, *shape: int, std: float) -> torch.Tensor:
        return torch.randn(*shape, generator=self.generator) * std

    def linear(self, name: str, out: int, into: int, gain: float = 1.0, bias: bool = True) -> None:
        self.state[f"{name}.weight"] = self.normal(out, into, std=gain / math.sqrt(into))
        if bias:
            self.state[f"{name}.bias"] = self.normal(out, std=0.05)

    def norm(self, name: str, width: int) -> None:
        self.state[f"{name}.weight"] = 1 + self.normal(width, std=0.1)
        self.state[f"{name}.bias"] = self.normal(width, std=0.1)

    def blocks(self, tower: str, config: dict) -> None:
        width, hidden = config["hidden_size"], config["intermediate_size"]
        for layer in range(config["num_hidden_layers"]):
            block = f"{tower}.encoder.layers.{layer}"
            for part, gain in (("q", 2.0), ("k", 2.0), ("v", 1.5), ("out", 1.0)):
                self.linear(f"{block}.self_attn.{part}_proj", width, width, gain)
            self.norm(f"{block}.layer_norm1", width)
            self.linear(f"{block}.mlp.fc1", hidden, width)
            self.linear(f"{block}.mlp.fc2", width, hidden)
            self.norm(f"{block}.layer_norm2", width)


def clip_weights(seed: int) -> dict[str, torch.Tensor]:
    w = RandomWeights(seed)
    width, patch = VISION["hidden_size"], VISION["patch_size"]
    tokens = (VISION["image_size"] // patch) ** 2 + 1
    embeddings = "vision_model.embeddings"
    w.state[f"{embeddings}.class_embedding"] = w.normal(width, std=0.3)
    w.state[f"{embeddings}.patch_embedding.weight"] = w.normal(width, 3, patch, patch, std=1 / patch)
    w.state[f"{embeddings}.position_embedding.weight"] = w.normal(tokens, width, std=0.1)
    w.norm("vision_model.pre_layrnorm", width)
    w.blocks("vision_model", VISION)
    w.norm("vision_model.post_layernorm", width)
    w.linear("visual_projection", DIMENSION, width, bias=False)

    embeddings = "text_model.embeddings"
    w.state[f"{embeddings}.token_embedding.weight"] = w.normal(TEXT["vocab_size"], TEXT["hidden_size"], std=0.8)
    w.state[f"{embeddings}.position_embedding.weight"] = w.normal(TEXT["max_position_embeddings"], TEXT["hidden_size"], std=0.2)
    w.blocks("text_model", TEXT)
    w.norm("text_model.final_layer_norm", TEXT["hidden_size"])
    w.linear("text_projection", DIMENSION, TEXT["hidden_size"], bias=False)
    w.state["logit_scale"] = torch.tensor(math.log(100))
    return w.state


def phi_weights(seed: int) -> dict[str, torch.Tensor]:
    w = RandomWeights(seed)
    w.linear("layers.0", PHI_HIDDEN, DIMENSION, 1.6)
    w.linear("layers.3", PHI_HIDDEN, PHI_HIDDEN, 1.8)
    w.linear("layers.6", TEXT["hidden_size"], PHI_HIDDEN, 1.6)
    return w.state


def write_model(folder: Path, tokenizer: Path, seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in TOKENIZER_FILES:
        if (tokenizer / name).exists():
            shutil.copyfile(tokenizer / name, folder / name)
    config = {
        "architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": DIMENSION, "torch_dtype": "float32",
        "vision_config": {**COMMON, **VISION, "model_type": "clip_vision_model", "num_channels": 3},
        "text_config": {**COMMON, **TEXT, "model_type": "clip_text_model", "bos_token_id": 49406, "eos_token_id": 49407, "pad_token_id": 1},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    save_file(clip_weights(seed), folder / "model.safetensors", metadata={"format": "pt"})


def centre_values(folder: Path, pixels: torch.Tensor) -> None:
    """Shifts the last image block's values so that their mean over these images is 0: with purely random weights all patches have nearly the
    same value vector, and maps would be of one sign, hence empty or flat."""
    clip = Clip(folder)
    layer = clip.vision.layers - 1
    name = f"vision_model.encoder.layers.{layer}.self_attn.v_proj.bias"
    with torch.no_grad():
        _, _, values = clip.qkv(clip.trunk(pixels), clip.vision, layer)
        clip.w[name] -= values[:, 1:].mean((0, 1))
    save_file(clip.w, folder / "model.safetensors", metadata={"format": "pt"})


def photograph(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """Noise of falling amplitude over nine octaves in each channel, some flat shapes, and grain: JPEG and PNG sizes like a photograph's."""
    canvas = np.zeros((height, width, 3), np.float32)
    for octave in range(1, 10):
        cells = 2**octave
        for channel in range(3):
            noise = Image.fromarray(rng.standard_normal((cells, cells), np.float32))
            canvas[..., channel] += np.asarray(noise.resize((width, height), Image.Resampling.BICUBIC)) / cells**0.8
    canvas = 128 + 55 * canvas + rng.uniform(-40, 40, 3).astype(np.float32)
    image = Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(4, 9))):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        w, h = rng.uniform(0.08, 0.45, 2) * min(width, height)
        colour = tuple(int(c) for c in rng.integers(0, 256, 3))
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)((x - w / 2, y - h / 2, x + w / 2, y + h / 2), fill=colour)
    grain = rng.standard_normal((height, width, 1), np.float32) * GRAIN
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def write_pictures(out: Path, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Paths below `out` of the references, and names of the gallery's images."""
    references = [f"references/reference-{i}.jpg" for i in range(REFERENCES)]
    names = [f"image-{i:03d}.jpg" for i in range(IMAGES)]
    for folder in ("references", "images"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for path in references:
        photograph(rng, *REFERENCE_SIZE).save(out / path, quality=90)
    for name in names:
        width, height = rng.choice(IMAGE_SIDES, 2)
        photograph(rng, int(width), int(height)).save(out / "images" / name, quality=90)
    return references, names


def caption(i: int) -> str:
    """A different pair of edits for each of the queries."""
    one, step = i % len(EDITS), i // len(EDITS) + 1
    return f"{EDITS[one]} and {EDITS[(one + step) % len(EDITS)]}"


def unit(x: torch.Tensor) -> torch.Tensor:
    return x / x.norm(dim=-1, keepdim=True)


def gallery_rows(features: torch.Tensor, queries: torch.Tensor, size: int, seed: int) -> torch.Tensor:
    """The features first, then random rows whose cosine with every query is below that of every feature."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randn(size - len(features), DIMENSION, generator=generator)
    basis = torch.linalg.qr(queries.T).Q
    rows = unit(rows - rows @ basis @ basis.T)
    worst = float((queries @ features.T).min())
    toward = unit(queries.mean(0))
    level = (worst - 0.1) / float((queries @ toward).min() if worst < 0.1 else (queries @ toward).max())
    if abs(level) >= 1:
        raise SystemExit("no room below the features: try another seed")
    return torch.cat([features, level * toward + math.sqrt(1 - level**2) * rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gallery-size", type=int, default=30_000)
    args = parser.parse_args()

    references, names = write_pictures(args.out, np.random.default_rng(args.seed))
    write_model(args.out / "model", args.tokenizer, args.seed)
    torch.save({"epoch": 0, "Phi": phi_weights(args.seed + 1)}, args.out / "phi.pt")

    def pixels(path: Path) -> torch.Tensor:
        return preprocess(Image.open(path).convert("RGB"), VISION["image_size"])[0]

    gallery_pixels = torch.stack([pixels(args.out / "images" / name) for name in names])
    centre_values(args.out / "model", gallery_pixels)
    clip, phi = Clip(args.out / "model"), Phi(args.out / "phi.pt")
    with torch.no_grad():
        features = unit(clip.encode_image(gallery_pixels))
        words = phi(clip.encode_image(torch.stack([pixels(args.out / path) for path in references])))
        queries = [{"reference": i % REFERENCES, "caption": caption(i)} for i in range(QUERIES)]
        composed = unit(torch.stack([clip.encode_text(f"a photo of $ that {q['caption']}", words[q["reference"]], True) for q in queries]))

    rows = gallery_rows(features, composed, args.gallery_size, args.seed + 2)
    all_names = names + [f"absent-{i:06d}.jpg" for i in range(args.gallery_size - len(names))]
    order = torch.randperm(args.gallery_size, generator=torch.Generator().manual_seed(args.seed + 3))
    info = {"dataset_path": str(args.out.resolve() / "images"), "num_images": args.gallery_size}
    torch.save({"features": rows[order], "names": [all_names[i] for i in order.tolist()], "dataset_info": info}, args.out / "gallery.pt")
    (args.out / "queries.json").write_text(json.dumps([{**q, "reference": references[q["reference"]]} for q in queries], indent=1))

    best = (composed @ rows.T).topk(11).values
    print(f"cosine of the best rows: {float(best[:, 0].min()):.4f} to {float(best[:, 0].max()):.4f}; rank 10: {float(best[:, 9].min()):.4f}; "
          f"random rows at most {float((composed @ rows[len(names):].T).max()):.4f}; smallest gap among the best three and the next {float((best[:, :3] - best[:, 1:4]).min()):.1e}")


if __name__ == "__main__":
    main()
