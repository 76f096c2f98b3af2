# TorchScript, which PyTorch reads and Python never does: the blocks of a transformer before its last.
# The layers' type decides the precision. The hidden state and its norms stay float32, so that
# rounding is not added to rounding from block to block.
#
# append, if it packs, lays weights out for oneDNN, so that products need not do so in every pass. Such tensors
# are of an opaque layout: nothing but linear may read them.
#
# Of each block, norms has 4 tensors: scale and shift of the first and of the second norm; layers has
# 8: weight and bias of query, key and value in one, of the attention's output, of the MLP's two.
class Trunk(Module):
  __parameters__ = []
  __buffers__ = []

  def nothing(self: __torch__.Trunk) -> List[Tensor]:
    return annotate(List[Tensor], [])

  def append(self: __torch__.Trunk, layers: List[Tensor], tensors: List[Tensor], dtype: int,
      packs: bool) -> int:
    for tensor in tensors:
      cast = tensor.to(dtype)
      if packs and cast.dim() == 2:
        cast = ops.mkldnn._reorder_linear_weight(cast, None)
      layers.append(cast)
    return len(layers)

  def linear(self: __torch__.Trunk, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    if weight.is_mkldnn:
      y = ops.mkldnn._linear_pointwise(x, weight, bias, "none",
          annotate(List[Optional[number]], []), "")
    else:
      y = torch.linear(x, weight, bias)
    return y

  def forward(self: __torch__.Trunk, x: Tensor, norms: List[Tensor], layers: List[Tensor], depth: int,
      heads: int, epsilon: float, quick_gelu: bool) -> Tensor:
    return self.blocks(x, None, norms, layers, depth, heads, epsilon, quick_gelu)

  def masked(self: __torch__.Trunk, x: Tensor, mask: Tensor, norms: List[Tensor],
      layers: List[Tensor], depth: int, heads: int, epsilon: float, quick_gelu: bool) -> Tensor:
    term = mask.to(layers[0].dtype)
    return self.blocks(x, term, norms, layers, depth, heads, epsilon, quick_gelu)

  def blocks(self: __torch__.Trunk, x: Tensor, mask: Optional[Tensor], norms: List[Tensor],
      layers: List[Tensor], depth: int, heads: int, epsilon: float, quick_gelu: bool) -> Tensor:
    for i in range(depth):
      n = norms[4 * i:4 * i + 4]
      w = layers[8 * i:8 * i + 8]
      h = self.attend(self.norm(x, n[0], n[1], epsilon, w), mask, heads, w)
      x = x + h
      h = self.mlp(self.norm(x, n[2], n[3], epsilon, w), quick_gelu, w)
      x = x + h
    return x

  def norm(self: __torch__.Trunk, x: Tensor, scale: Tensor, shift: Tensor, epsilon: float,
      w: List[Tensor]) -> Tensor:
    return torch.layer_norm(x, [x.size(2)], scale, shift, epsilon).to(w[0].dtype)

  def attend(self: __torch__.Trunk, x: Tensor, mask: Optional[Tensor], heads: int,
      w: List[Tensor]) -> Tensor:
    qkv = self.linear(x, w[0], w[1]).reshape([x.size(0), x.size(1), 3, heads, -1])
    split = qkv.permute([2, 0, 3, 1, 4])
    o = torch.scaled_dot_product_attention(split[0], split[1], split[2], mask)
    return self.linear(o.transpose(1, 2).reshape([x.size(0), x.size(1), -1]), w[2], w[3])

  def mlp(self: __torch__.Trunk, x: Tensor, quick_gelu: bool, w: List[Tensor]) -> Tensor:
    h = self.linear(x, w[4], w[5])
    if quick_gelu:
      h = h * torch.sigmoid(h * 1.702)
    else:
      h = torch.gelu(h)
    return self.linear(h, w[6], w[7])
