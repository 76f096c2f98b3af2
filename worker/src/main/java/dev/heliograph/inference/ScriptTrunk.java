package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A trunk whose linear layers and attention are of any {@link Precision}: {@code trunk.py}, run by
 * PyTorch as TorchScript, which is given the weights with each call. On a CPU those weights are
 * laid out as oneDNN's products read them, which saves a part of each pass.
 *
 * <p>No array of DJL may be bfloat16: an operation on one ends the JVM. So none ever is: the script
 * casts the layers' weights, to a list that only PyTorch looks into, and takes and returns float32.
 * Thread-safe.
 */
final class ScriptTrunk implements Trunk {
  private final PtSymbolBlock script;
  private final Arguments arguments;
  private final int depth;

  /** What each call is given, of lists and numbers that live as long as the weights' manager. */
  private record Arguments(
      IValue norms, IValue layers, IValue heads, IValue epsilon, IValue quickGelu) {}

  private ScriptTrunk(PtSymbolBlock script, Arguments arguments, int depth) {
    this.script = script;
    this.arguments = arguments;
    this.depth = depth;
  }

  /**
   * Casts blocks and, for a CPU, lays their weights out once as its matrix products read them. Each
   * block's own arrays are freed before the next is loaded, into the same memory.
   *
   * @param blocks at least one, all of one shape
   * @param manager owns the result; the blocks' own
   */
  static ScriptTrunk of(Iterable<TransformerBlock> blocks, Precision precision, NDManager manager) {
    PtSymbolBlock script = TrunkScript.load((PtNDManager) manager);
    boolean packs = !manager.getDevice().isGpu() && precision != Precision.FLOAT16;
    TrunkScript.prepareThread();
    IValue layers = owned(manager, IValueUtils.runMethod(script, "nothing"));
    List<NDArray> norms = new ArrayList<>();
    int depth = 0;
    TransformerBlock last = null;
    for (TransformerBlock block : blocks) {
      append(script, layers, block, precision, packs);
      norms(block).forEach(norms::add);
      depth++;
      last = block;
    }
    if (last == null) {
      throw new IllegalArgumentException("blocks: there is none");
    }
    Arguments arguments =
        new Arguments(
            owned(manager, IValue.listFrom(norms.toArray(PtNDArray[]::new))),
            layers,
            owned(manager, IValue.from((long) last.heads())),
            owned(manager, IValue.from((double) last.norm1().epsilon())),
            owned(manager, IValue.from(last.mlp().activation() == Activation.QUICK_GELU)));
    return new ScriptTrunk(script, arguments, depth);
  }

  /** Weights and biases as the script's products want them. Closes the block's own. */
  private static void append(
      PtSymbolBlock script,
      IValue layers,
      TransformerBlock block,
      Precision precision,
      boolean packs) {
    PtNDArray[] own = layers(block).toArray(PtNDArray[]::new);
    try (IValue list = IValue.listFrom(own);
        IValue type = IValue.from((long) precision.scalarType());
        IValue pack = IValue.from(packs)) {
      IValueUtils.runMethod(script, "append", layers, list, type, pack).close();
    } finally {
      Stream.of(own).forEach(NDArray::close);
    }
  }

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public NDArray forward(NDArray x, @Nullable NDArray mask) {
    try (NDScope scope = new NDScope();
        IValue hidden = IValue.from((PtNDArray) x);
        IValue blocks = IValue.from((long) depth);
        IValue result = run(hidden, mask, blocks)) {
      scope.suppressNotUsedWarning();
      NDArray output = result.toTensor((PtNDManager) x.getManager());
      NDScope.unregister(output);
      x.close();
      return output;
    }
  }

  private IValue run(IValue x, @Nullable NDArray mask, IValue blocks) {
    TrunkScript.prepareThread();
    Arguments a = arguments;
    if (mask == null) {
      return IValueUtils.runMethod(
          script, "forward", x, a.norms, a.layers, blocks, a.heads, a.epsilon, a.quickGelu);
    }
    try (IValue term = IValue.from((PtNDArray) mask)) {
      return IValueUtils.runMethod(
          script, "masked", x, term, a.norms, a.layers, blocks, a.heads, a.epsilon, a.quickGelu);
    }
  }

  @Override
  public Trunk firstBlock() {
    return new ScriptTrunk(script, arguments, 1);
  }

  private static Stream<NDArray> norms(TransformerBlock block) {
    return Stream.of(block.norm1(), block.norm2())
        .flatMap(norm -> Stream.of(norm.gamma(), norm.beta()));
  }

  private static Stream<NDArray> layers(TransformerBlock block) {
    return Stream.of(block.qkv(), block.out(), block.mlp().first(), block.mlp().second())
        .flatMap(layer -> Stream.of(layer.weight(), layer.bias()));
  }

  private static IValue owned(NDManager manager, IValue value) {
    manager.attachInternal(value.getUid(), value);
    return value;
  }
}
