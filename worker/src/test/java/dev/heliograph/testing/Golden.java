package dev.heliograph.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The golden data of the PyTorch reference implementation, on the test class path under {@code
 * golden/}; its README says what each number means and how exactly it must be met.
 */
public final class Golden {
  private static final Path ROOT = root();

  private Golden() {}

  /** A file or folder, such as {@code images/square-512.png}. */
  public static Path path(String relative) {
    return ROOT.resolve(relative);
  }

  public static byte[] bytes(String relative) {
    try {
      return Files.readAllBytes(path(relative));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code expected/expected.json}, the index of everything; do not change it. */
  public static JsonNode expected() {
    return Expected.JSON;
  }

  /** An archive of {@code expected/}, such as {@code pixels.npz}. */
  public static NpzFile arrays(String name) {
    return NpzFile.read(path("expected").resolve(name));
  }

  private static Path root() {
    URL readme = Golden.class.getResource("/golden/README.md");
    if (readme == null) {
      throw new IllegalStateException("no golden data on the class path");
    }
    try {
      return Path.of(readme.toURI()).resolveSibling("");
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Parsed once, when first asked for. */
  private static final class Expected {
    static final JsonNode JSON = parse();

    private static JsonNode parse() {
      try {
        return new ObjectMapper().readTree(path("expected/expected.json").toFile());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
