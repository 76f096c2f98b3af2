package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.UnreadableImageException;
import dev.heliograph.query.RgbImage;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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
  private static final Duration PATIENCE = Duration.ofSeconds(60);

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
    SplittableRandom random = new SplittableRandom(SEED + file.getFileName().toString().hashCode());
    assertTimeoutPreemptively(
        PATIENCE,
        () -> {
          for (int i = 0; i < MUTANTS; i++) {
            readOrRefuse(mutant(original, random));
          }
        });
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
      RgbImage image = reader.read(bytes, MAX_PIXELS);
      assertTrue((long) image.width() * image.height() <= MAX_PIXELS);
    } catch (UnreadableImageException e) {
      assertFalse(e.getMessage().isBlank());
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }
  }

  /** Headers are damaged more often than bodies; a PNG's checksums are put right half the time. */
  private static byte[] mutant(byte[] original, SplittableRandom random) {
    byte[] mutant = original.clone();
    if (mutant.length == 0) {
      return mutant;
    }
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      int region = random.nextBoolean() ? Math.min(mutant.length, 200) : mutant.length;
      int at = random.nextInt(region);
      switch (random.nextInt(5)) {
        case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> mutant[at] = (byte) random.nextInt();
        case 2 -> mutant[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
        case 3 -> {
          int end = Math.min(mutant.length, at + random.nextInt(64));
          Arrays.fill(mutant, at, end, (byte) random.nextInt());
        }
        default -> {
          int from = random.nextInt(mutant.length);
          int length = Math.min(random.nextInt(64), mutant.length - Math.max(at, from));
          System.arraycopy(mutant, from, mutant, at, length);
        }
      }
    }
    if (random.nextInt(6) == 0) {
      mutant = Arrays.copyOf(mutant, random.nextInt(2 * mutant.length));
    }
    if (random.nextBoolean()) {
      rightChecksums(mutant);
    }
    return mutant;
  }

  private static void rightChecksums(byte[] file) {
    Bytes in = new Bytes(file, "PNG", false);
    if (!in.hasAscii(0, PngFile.SIGNATURE)) {
      return;
    }
    for (long at = PngFile.SIGNATURE.length(); at + 12 <= file.length; ) {
      long length = in.u32(at);
      if (length > file.length - at - 12) {
        return;
      }
      CRC32 crc = new CRC32();
      crc.update(file, (int) at + 4, (int) length + 4);
      for (int i = 0; i < 4; i++) {
        file[(int) (at + 8 + length) + i] = (byte) (crc.getValue() >> 24 - 8 * i);
      }
      at += length + 12;
    }
  }
}
