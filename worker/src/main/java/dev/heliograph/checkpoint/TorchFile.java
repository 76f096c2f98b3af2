package dev.heliograph.checkpoint;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code torch.save} (PyTorch 1.6 and later) and {@code torch.jit.save} write: a zip of
 * a pickle and the tensors' bytes. The pickle is interpreted by an allow-list of tensor types;
 * nothing in the file is run. Refused: the older format that is not a zip, compressed entries,
 * big-endian files.
 */
public final class TorchFile {
  private static final Pattern PICKLE = Pattern.compile("([^/]+/)data\\.pkl");
  private static final int MAX_PICKLE_BYTES = 256 << 20;

  /** How deep values may nest, and how many there may be with shared ones counted each time. */
  private static final int MAX_DEPTH = 100;

  private static final long MAX_VALUES = 2L * PickleReader.MAX_OPERATIONS;

  private TorchFile() {}

  /**
   * The saved value: a {@code Map} (insertion order; keys are scalars) for a dict, an OrderedDict
   * or a TorchScript module, a {@code List} for a list, tuple, set or torch.Size, a {@link Tensor}
   * for a tensor or parameter, a {@code String} such as {@code torch.float16} for a dtype, and
   * String, byte[], Long, BigInteger, Double, Boolean or null. Values that the file shares are
   * shared here; cycles are refused.
   *
   * @throws CheckpointException if the file is missing, damaged, or names anything but tensor types
   */
  public static @Nullable Object read(Path file) {
    MappedFile bytes = MappedFile.open(file);
    try {
      return read(bytes);
    } catch (CheckpointException e) {
      throw e.in(file);
    }
  }

  /**
   * All tensors of the file, named by the keys that lead to them, joined by dots: a state dict as
   * it is, {@code Phi.layers.0.weight} for {@code {'Phi': state_dict}}, a TorchScript module's
   * parameters and buffers as its {@code state_dict()} names them.
   *
   * @throws CheckpointException as {@link #read} does
   */
  public static Map<String, Tensor> tensors(Path file) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try {
      collect("", read(file), tensors);
    } catch (CheckpointException e) {
      throw e.getMessage().startsWith(file + ": ") ? e : e.in(file);
    }
    return Collections.unmodifiableMap(tensors);
  }

  private static @Nullable Object read(ByteSource bytes) {
    if (bytes.size() > 1 && (bytes.slice(0, 1).get() & 0xff) == 0x80) {
      throw new CheckpointException(
          "is in PyTorch's format from before 1.6, not a zip: load it there and torch.save it again");
    }
    ZipArchive archive = ZipArchive.open(bytes);
    String folder = folder(archive);
    ByteSource order = archive.find(folder + "byteorder");
    if (order != null && (order.size() != 6 || order.slice(0, 1).get() != 'l')) {
      throw new CheckpointException("is not little-endian");
    }
    ByteSource pickle = archive.find(folder + "data.pkl");
    if (pickle == null || pickle.size() > MAX_PICKLE_BYTES) {
      throw new CheckpointException("has a pickle of over " + MAX_PICKLE_BYTES + " bytes");
    }
    ByteBuffer program = pickle.slice(0, (int) pickle.size());
    Object value = PickleReader.read(program, new TorchGlobals(archive, folder));
    new TreeCheck().measure(value, 0);
    return value;
  }

  private static String folder(ZipArchive archive) {
    List<String> folders =
        archive.names().stream()
            .map(PICKLE::matcher)
            .filter(Matcher::matches)
            .map(match -> match.group(1))
            .toList();
    if (folders.size() != 1) {
      throw new CheckpointException(
          "has " + folders.size() + " entries named data.pkl, a PyTorch file has one");
    }
    return folders.get(0);
  }

  private static void collect(String name, @Nullable Object value, Map<String, Tensor> tensors) {
    if (value instanceof Tensor tensor) {
      if (tensors.put(name, tensor) != null) {
        throw new CheckpointException("two tensors are named \"" + name + "\"");
      }
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, child) -> collect(join(name, key), child, tensors));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        collect(join(name, i), list.get(i), tensors);
      }
    }
  }

  private static String join(String name, @Nullable Object key) {
    return name.isEmpty() ? String.valueOf(key) : name + "." + key;
  }

  /**
   * Makes sure that whoever walks the tree comes to an end: limited depth, no cycles, no nest of
   * shared lists that doubles with each level, and nothing left over from the pickle's machinery.
   */
  private static final class TreeCheck {
    private final IdentityHashMap<Object, Extent> known = new IdentityHashMap<>();

    /**
     * @param values how many there are, this one included
     * @param height levels of containers
     */
    private record Extent(long values, int height) {}

    private static final Extent SCALAR = new Extent(1, 0);

    Extent measure(@Nullable Object value, int depth) {
      if (!(value instanceof Map<?, ?>) && !(value instanceof List<?>)) {
        checkScalar(value);
        return SCALAR;
      }
      Extent extent = known.get(value);
      if (extent == null) {
        checkDepth(depth);
        extent = measureChildren(value, depth);
        known.put(value, extent);
      }
      checkDepth(depth + extent.height);
      return extent;
    }

    private Extent measureChildren(Object container, int depth) {
      Iterable<?> children =
          container instanceof Map<?, ?> map ? map.values() : (List<?>) container;
      long values = 1;
      int height = 1;
      for (Object child : children) {
        Extent extent = measure(child, depth + 1);
        values += extent.values;
        height = Math.max(height, extent.height + 1);
        if (values > MAX_VALUES) {
          throw new CheckpointException("has over " + MAX_VALUES + " values");
        }
      }
      return new Extent(values, height);
    }

    private static void checkDepth(int depth) {
      if (depth > MAX_DEPTH) {
        throw new CheckpointException(
            "has values nested over " + MAX_DEPTH + " deep, or in a cycle");
      }
    }

    private static void checkScalar(@Nullable Object value) {
      if (value != null
          && !(value instanceof String)
          && !(value instanceof byte[])
          && !(value instanceof Tensor)
          && !(value instanceof Long)
          && !(value instanceof BigInteger)
          && !(value instanceof Double)
          && !(value instanceof Boolean)) {
        throw new CheckpointException("has a value that is no tensor, container or scalar");
      }
    }
  }
}
