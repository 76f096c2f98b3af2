package dev.heliograph.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names that tensors need, as {@code torch.load(weights_only=True)} has them, and the classes
 * of a TorchScript archive as plain maps of their attributes. Everything else is refused by name.
 */
final class TorchGlobals implements Globals {
  private static final String SCRIPT_PREFIX = "__torch__.";

  private enum Function {
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    ORDERED_DICT,
    SIZE,
    DEVICE,
    SET,
    ENCODE,
    /** Gives back its first argument; in TorchScript archives, a list with a type tag. */
    FIRST
  }

  private static final Map<String, Function> FUNCTIONS =
      Map.ofEntries(
          Map.entry("torch._utils._rebuild_tensor_v2", Function.REBUILD_TENSOR),
          Map.entry("torch._utils._rebuild_parameter", Function.REBUILD_PARAMETER),
          Map.entry("collections.OrderedDict", Function.ORDERED_DICT),
          Map.entry("torch.Size", Function.SIZE),
          Map.entry("torch.device", Function.DEVICE),
          Map.entry("__builtin__.set", Function.SET),
          Map.entry("builtins.set", Function.SET),
          Map.entry("_codecs.encode", Function.ENCODE),
          Map.entry("torch.jit._pickle.build_intlist", Function.FIRST),
          Map.entry("torch.jit._pickle.build_tensorlist", Function.FIRST),
          Map.entry("torch.jit._pickle.build_doublelist", Function.FIRST),
          Map.entry("torch.jit._pickle.build_boollist", Function.FIRST),
          Map.entry("torch.jit._pickle.restore_type_tag", Function.FIRST));

  private static final Map<String, DataType> STORAGES =
      Map.of(
          "torch.BoolStorage", DataType.BOOL,
          "torch.ByteStorage", DataType.UINT8,
          "torch.CharStorage", DataType.INT8,
          "torch.ShortStorage", DataType.INT16,
          "torch.IntStorage", DataType.INT32,
          "torch.LongStorage", DataType.INT64,
          "torch.HalfStorage", DataType.FLOAT16,
          "torch.BFloat16Storage", DataType.BFLOAT16,
          "torch.FloatStorage", DataType.FLOAT32,
          "torch.DoubleStorage", DataType.FLOAT64);

  /** A tensor's elements, before shape and strides are known. */
  private record Storage(DataType type, ByteSource bytes) {}

  private record ScriptClass(String name) {}

  /** An object of a TorchScript class: its attributes. */
  private static final class ScriptObject
      extends LinkedHashMap<@Nullable Object, @Nullable Object> {
    private static final long serialVersionUID = 1L;
  }

  private final ZipArchive archive;
  private final String folder;

  /**
   * @param folder of the archive that holds the storages, with its slash
   */
  TorchGlobals(ZipArchive archive, String folder) {
    this.archive = archive;
    this.folder = folder;
  }

  @Override
  public Object find(String module, String name) {
    String fullName = module + "." + name;
    Object found = FUNCTIONS.get(fullName);
    if (found == null) {
      found = STORAGES.get(fullName);
    }
    if (found != null) {
      return found;
    }
    for (DataType type : DataType.values()) {
      if (fullName.equals("torch." + type.torchName())) {
        return fullName;
      }
    }
    if (module.startsWith(SCRIPT_PREFIX)) {
      return new ScriptClass(fullName);
    }
    throw new CheckpointException(
        "the pickle names "
            + fullName
            + ", which is not needed for tensors: refused, and nothing of it was run");
  }

  @Override
  public @Nullable Object call(@Nullable Object callable, List<@Nullable Object> arguments) {
    if (!(callable instanceof Function function)) {
      throw new CheckpointException("the pickle calls what is not a function");
    }
    return switch (function) {
      case REBUILD_TENSOR -> tensor(arguments);
      case REBUILD_PARAMETER -> argument(arguments, 0, Tensor.class, "a parameter's tensor");
      case ORDERED_DICT -> orderedDict(arguments);
      case SIZE -> Collections.unmodifiableList(boxed(integers(arguments, 0, "torch.Size")));
      case DEVICE -> argument(arguments, 0, String.class, "torch.device");
      case SET -> set(arguments);
      case ENCODE -> encode(arguments);
      case FIRST -> argument(arguments, 0, Object.class, "a typed list");
    };
  }

  @Override
  public Object instantiate(@Nullable Object type, List<@Nullable Object> arguments) {
    if (!(type instanceof ScriptClass) || !arguments.isEmpty()) {
      throw new CheckpointException("the pickle instantiates what is no TorchScript class");
    }
    return new ScriptObject();
  }

  /** Attributes of a plain OrderedDict (a state dict's {@code _metadata}) are dropped. */
  @Override
  public void build(@Nullable Object target, @Nullable Object state) {
    if (!(target instanceof LinkedHashMap<?, ?>)
        || !(state instanceof LinkedHashMap<?, ?> values)) {
      throw new CheckpointException("the pickle sets a state that is not a dict's");
    }
    if (target instanceof ScriptObject object) {
      object.putAll(values);
    }
  }

  @Override
  public Object persistent(@Nullable Object id) {
    if (!(id instanceof List<?> parts)
        || parts.size() != 5
        || !"storage".equals(parts.get(0))
        || !(parts.get(1) instanceof DataType type)
        || !(parts.get(2) instanceof String key)
        || !(parts.get(4) instanceof Long elements)) {
      throw new CheckpointException("the pickle has a persistent id that is no tensor storage");
    }
    ByteSource bytes = archive.find(folder + "data/" + key);
    if (bytes == null) {
      throw new CheckpointException("there is no storage \"" + key + "\" in the archive");
    }
    if (elements < 0 || elements > Long.MAX_VALUE / 8 || elements * type.bytes() != bytes.size()) {
      throw new CheckpointException(
          "storage \""
              + key
              + "\" has "
              + bytes.size()
              + " bytes, stated are "
              + elements
              + " elements of "
              + type.torchName());
    }
    return new Storage(type, bytes);
  }

  private static Tensor tensor(List<@Nullable Object> arguments) {
    Storage storage = argument(arguments, 0, Storage.class, "a tensor's storage");
    return Tensor.view(
        storage.type,
        storage.bytes,
        argument(arguments, 1, Long.class, "a tensor's offset"),
        integers(arguments, 2, "a tensor's shape"),
        integers(arguments, 3, "a tensor's strides"));
  }

  private static Map<@Nullable Object, @Nullable Object> orderedDict(
      List<@Nullable Object> arguments) {
    if (!arguments.isEmpty()) {
      throw new CheckpointException("an OrderedDict is made with arguments, expected none");
    }
    return new LinkedHashMap<>();
  }

  private static List<?> set(List<@Nullable Object> arguments) {
    List<?> members = argument(arguments, 0, List.class, "a set's list");
    return Collections.unmodifiableList(members);
  }

  /** How protocol 2 spells bytes: text of the characters 0 to 255, to be encoded as Latin-1. */
  private static byte[] encode(List<@Nullable Object> arguments) {
    String text = argument(arguments, 0, String.class, "bytes");
    if (!argument(arguments, 1, String.class, "bytes").equals("latin1")
        || text.chars().anyMatch(c -> c > 0xff)) {
      throw new CheckpointException("the pickle has bytes that are not Latin-1 text");
    }
    return text.getBytes(ISO_8859_1);
  }

  private static long[] integers(List<@Nullable Object> arguments, int index, String what) {
    List<?> list = argument(arguments, index, List.class, what);
    long[] integers = new long[list.size()];
    for (int i = 0; i < integers.length; i++) {
      if (!(list.get(i) instanceof Long value)) {
        throw new CheckpointException("the pickle has no integers for " + what);
      }
      integers[i] = value;
    }
    return integers;
  }

  private static List<Object> boxed(long[] integers) {
    List<Object> list = new ArrayList<>(integers.length);
    for (long integer : integers) {
      list.add(integer);
    }
    return list;
  }

  private static <T> T argument(
      List<@Nullable Object> arguments, int index, Class<T> type, String what) {
    @Nullable Object value = index < arguments.size() ? arguments.get(index) : null;
    if (!type.isInstance(value)) {
      throw new CheckpointException("the pickle has an unexpected value for " + what);
    }
    return type.cast(value);
  }
}
