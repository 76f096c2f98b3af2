package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.UnreadableImageException;
import dev.heliograph.query.RgbImage;
import dev.heliograph.testing.Fuzz;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes are, a reader answers with an image or with one kind of exception. */
class HostileImagesTest {
  private static final long SEED = 20261124;
  private static final int MUTANTS = 60;
  private static final long MAX_PIXELS = 1_000_000;

  private final OpenCvImageReader reader = new OpenCvImageReader();

  static List<Path> images() throws IOException {
    try (Stream<Path> good = Files.list(Golden.path("images"));
        Stream<Path> bad = Files.list(Golden.path("images-bad"));
        Stream<Path> other = Files.list(Golden.path("../imaging"))) {
      return Stream.of(good, bad, other).flatMap(files -> files).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("images")
  void mutantIsReadOrRefused(Path file) throws IOException {
    byte[] original = Files.readAllBytes(file);
    Fuzz.of(file.getFileName().toString())
        .corpus(original)
        .acceptsRefusals()
        .repair(HostileImagesTest::withRightChecksums)
        .allowing(UnreadableImageException.class)
        .mutants(MUTANTS)
        .run(this::read);
  }

  @ParameterizedTest
  @MethodSource("images")
  void mutantIsReadAtAFractionOrRefused(Path file) throws IOException {
    byte[] original = Files.readAllBytes(file);
    Fuzz.of("fraction of " + file.getFileName())
        .corpus(original)
        .acceptsRefusals()
        .allowing(UnreadableImageException.class)
        .mutants(MUTANTS)
        .run(bytes -> reader.readReduced(bytes, MAX_PIXELS, 1));
  }

  @Test
  void noiseBehindAnySignatureIsReadOrRefused() {
    SplittableRandom random = new SplittableRandom(SEED);
    String[] signatures = {
      "\u00FF\u00D8\u00FF",
      PngFile.SIGNATURE,
      "RIFF\u0010\0\0\0WEBP",
      "GIF89a",
      "BM",
      "II*\0",
      "MM\0*"
    };
    for (String signature : signatures) {
      for (int i = 0; i < 200; i++) {
        byte[] bytes = new byte[signature.length() + random.nextInt(300)];
        random.nextBytes(bytes);
        for (int j = 0; j < signature.length(); j++) {
          bytes[j] = (byte) signature.charAt(j);
        }
        readOrRefuse(bytes);
      }
    }
  }

  private void readOrRefuse(byte[] bytes) {
    try {
      read(bytes);
    } catch (UnreadableImageException e) {
      assertFalse(e.getMessage().isBlank());
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }
  }

  private void read(byte[] bytes) {
    RgbImage image = reader.read(bytes, MAX_PIXELS);
    assertTrue((long) image.width() * image.height() <= MAX_PIXELS);
  }

  /** A PNG's, so that what is behind them is reached. */
  private static byte[] withRightChecksums(byte[] file) {
    Bytes in = new Bytes(file, "PNG", false);
    if (!in.hasAscii(0, PngFile.SIGNATURE)) {
      return file;
    }
    for (long at = PngFile.SIGNATURE.length(); at + 12 <= file.length; ) {
      long length = in.u32(at);
      if (length > file.length - at - 12) {
        return file;
      }
      CRC32 crc = new CRC32();
      crc.update(file, (int) at + 4, (int) length + 4);
      for (int i = 0; i < 4; i++) {
        file[(int) (at + 8 + length) + i] = (byte) (crc.getValue() >> 24 - 8 * i);
      }
      at += length + 12;
    }
    return file;
  }
}
