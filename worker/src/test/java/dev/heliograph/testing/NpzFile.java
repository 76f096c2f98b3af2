package dev.heliograph.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The arrays of a NumPy {@code .npz} file by name, in the file's order. Immutable. */
public final class NpzFile {
  private static final String SUFFIX = ".npy";

  private final Map<String, NpyArray> arrays;

  private NpzFile(Map<String, NpyArray> arrays) {
    this.arrays = arrays;
  }

  public static NpzFile read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static NpzFile parse(byte[] file) {
    try {
      return read(new ByteArrayInputStream(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NpzFile read(InputStream in) throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName();
        if (!name.endsWith(SUFFIX)) {
          throw new IOException("not an array: " + name);
        }
        arrays.put(
            name.substring(0, name.length() - SUFFIX.length()), NpyArray.parse(zip.readAllBytes()));
      }
    }
    return new NpzFile(arrays);
  }

  public Set<String> names() {
    return arrays.keySet();
  }

  /**
   * @throws IllegalArgumentException if there is no such array
   */
  public NpyArray get(String name) {
    NpyArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException("no array \"" + name + "\" in " + arrays.keySet());
    }
    return array;
  }
}
