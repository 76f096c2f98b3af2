"""CLIP ViT and SEARLE's phi in plain PyTorch, read from the files that Heliograph reads: a Hugging Face folder and a phi .pt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor


@dataclass(frozen=True)
class Tower:
    """One transformer: where its blocks are in the state dict, and its sizes."""

    blocks: str
    layers: int
    heads: int
    eps: float


@dataclass
class LastBlock:
    """The last image block, open: what Grad-ECLIP needs. Dimensions: B images, T tokens (CLS first), W width, D joint space."""

    q: Tensor  # (B, T, W)
    k: Tensor  # (B, T, W)
    v: Tensor  # (B, T, W)
    attention: Tensor  # (B, T, W), heads concatenated, before out_proj; a leaf of the graph
    feature: Tensor  # (B, D), not normalised


class Clip:
    def __init__(self, folder: Path):
        config = json.loads((folder / "config.json").read_text())
        vision, text = config["vision_config"], config["text_config"]
        self.side, self.patch = vision["image_size"], vision["patch_size"]
        self.patches = self.side // self.patch
        self.context = text["max_position_embeddings"]
        self.vision = Tower("vision_model.encoder.layers", vision["num_hidden_layers"], vision["num_attention_heads"], vision["layer_norm_eps"])
        self.text = Tower("text_model.encoder.layers", text["num_hidden_layers"], text["num_attention_heads"], text["layer_norm_eps"])
        self.quick_gelu = vision["hidden_act"] == "quick_gelu"
        self.w = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items() if tensor.is_floating_point()}
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.word_id = self.tokenizer.token_to_id("$</w>")

    # ------------------------------------------------------------------ blocks
    def norm(self, x: Tensor, name: str, eps: float) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], self.w[f"{name}.weight"], self.w[f"{name}.bias"], eps)

    def linear(self, x: Tensor, name: str) -> Tensor:
        return F.linear(x, self.w[f"{name}.weight"], self.w.get(f"{name}.bias"))

    def qkv(self, x: Tensor, tower: Tower, layer: int) -> tuple[Tensor, ...]:
        block = f"{tower.blocks}.{layer}"
        normed = self.norm(x, f"{block}.layer_norm1", tower.eps)
        return tuple(self.linear(normed, f"{block}.self_attn.{part}_proj") for part in "qkv")

    @staticmethod
    def attend(q: Tensor, k: Tensor, v: Tensor, tower: Tower, causal: bool = False) -> Tensor:
        batch, tokens, width = q.shape
        q, k, v = (m.view(batch, tokens, tower.heads, width // tower.heads).transpose(1, 2) for m in (q, k, v))
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal).transpose(1, 2).reshape(batch, tokens, width)

    def after_attention(self, x: Tensor, attention: Tensor, tower: Tower, layer: int) -> Tensor:
        block = f"{tower.blocks}.{layer}"
        x = x + self.linear(attention, f"{block}.self_attn.out_proj")
        hidden = self.linear(self.norm(x, f"{block}.layer_norm2", tower.eps), f"{block}.mlp.fc1")
        hidden = hidden * torch.sigmoid(1.702 * hidden) if self.quick_gelu else F.gelu(hidden)
        return x + self.linear(hidden, f"{block}.mlp.fc2")

    def block(self, x: Tensor, tower: Tower, layer: int, causal: bool = False) -> Tensor:
        return self.after_attention(x, self.attend(*self.qkv(x, tower, layer), tower, causal), tower, layer)

    # ------------------------------------------------------------------ image
    @torch.no_grad()
    def trunk(self, pixels: Tensor) -> Tensor:
        """(B, 3, S, S) to the tokens before the last block, (B, T, W)."""
        patches = F.conv2d(pixels, self.w["vision_model.embeddings.patch_embedding.weight"], stride=self.patch)
        patches = patches.flatten(2).transpose(1, 2)
        cls = self.w["vision_model.embeddings.class_embedding"].expand(len(pixels), 1, -1)
        x = torch.cat([cls, patches], 1) + self.w["vision_model.embeddings.position_embedding.weight"]
        x = self.norm(x, "vision_model.pre_layrnorm", self.vision.eps)
        for layer in range(self.vision.layers - 1):
            x = self.block(x, self.vision, layer)
        return x

    def last_block(self, x: Tensor) -> LastBlock:
        """Runs the last block so that the feature's gradient with respect to the attention's output can be asked for."""
        layer = self.vision.layers - 1
        with torch.no_grad():
            q, k, v = self.qkv(x, self.vision, layer)
            attention = self.attend(q, k, v, self.vision)
        attention.requires_grad_()
        return LastBlock(q, k, v, attention, self.image_head(self.after_attention(x, attention, self.vision, layer)))

    def image_head(self, x: Tensor) -> Tensor:
        return self.linear(self.norm(x[:, 0], "vision_model.post_layernorm", self.vision.eps), "visual_projection")

    @torch.no_grad()
    def encode_image(self, pixels: Tensor) -> Tensor:
        """(B, 3, S, S) to features that are not normalised, (B, D)."""
        return self.image_head(self.block(self.trunk(pixels), self.vision, self.vision.layers - 1))

    # ------------------------------------------------------------------ text
    @torch.no_grad()
    def encode_text(self, prompt: str, word: Tensor, cut_at_end: bool) -> Tensor:
        """The feature (D) of the prompt with the first `$` replaced by the pseudo word; padded to the context unless cut at its end."""
        ids = self.tokenizer.encode(prompt).ids
        end = len(ids) - 1
        if not cut_at_end:
            ids = ids + [0] * (self.context - len(ids))
        x = self.w["text_model.embeddings.token_embedding.weight"][torch.tensor(ids)]
        x[ids.index(self.word_id)] = word
        x = (x + self.w["text_model.embeddings.position_embedding.weight"][: len(ids)])[None]
        for layer in range(self.text.layers):
            x = self.block(x, self.text, layer, causal=True)
        return self.linear(self.norm(x[0, end], "text_model.final_layer_norm", self.text.eps), "text_projection")


class Phi:
    """SEARLE's textual inversion: image feature to pseudo word."""

    def __init__(self, path: Path):
        state = torch.load(path, map_location="cpu", weights_only=True)["Phi"]
        self.layers = [(state[f"layers.{i}.weight"].float(), state[f"layers.{i}.bias"].float()) for i in (0, 3, 6)]

    def __call__(self, x: Tensor) -> Tensor:
        for i, (weight, bias) in enumerate(self.layers):
            x = F.linear(x if i == 0 else F.gelu(x), weight, bias)
        return x
