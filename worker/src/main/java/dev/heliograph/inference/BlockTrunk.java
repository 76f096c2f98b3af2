package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A trunk in float32, block by block: a GPU's, and what the script is tested against. */
record BlockTrunk(List<TransformerBlock> blocks) implements Trunk {

  static BlockTrunk of(Iterable<TransformerBlock> blocks) {
    List<TransformerBlock> all = new ArrayList<>();
    blocks.forEach(all::add);
    return new BlockTrunk(List.copyOf(all));
  }

  @Override
  public int depth() {
    return blocks.size();
  }

  @Override
  public NDArray forward(NDArray x, @Nullable NDArray mask) {
    NDArray hidden = x;
    for (TransformerBlock block : blocks) {
      NDArray next = block.forward(hidden, mask);
      hidden.close();
      hidden = next;
    }
    return hidden;
  }

  @Override
  public Trunk firstBlock() {
    return new BlockTrunk(blocks.subList(0, Math.min(1, blocks.size())));
  }
}
