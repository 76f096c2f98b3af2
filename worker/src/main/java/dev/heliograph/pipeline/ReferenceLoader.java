package dev.heliograph.pipeline;

import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.ReferenceImage;
import dev.heliograph.query.RgbImage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Reads a query's reference image; every way it can fail has its own code. Thread-safe. */
final class ReferenceLoader {
  private final ImageSource source;
  private final ImageReader reader;
  private final Preprocessor preprocessor;
  private final PipelineConfig config;

  ReferenceLoader(
      ImageSource source, ImageReader reader, Preprocessor preprocessor, PipelineConfig config) {
    this.source = source;
    this.reader = reader;
    this.preprocessor = preprocessor;
    this.config = config;
  }

  /**
   * @param evidence is told what was read
   */
  LoadedImage load(ReferenceImage reference, Room room, RunEvidence evidence) {
    byte[] bytes = bytes(reference);
    RgbImage original = decode(bytes, room);
    LoadedImage loaded = new LoadedImage(Optional.of(original), preprocessor.prepare(original));
    evidence.read(
        new RunEvidence.Reference(
            sha256(bytes), bytes.length, reader.orientation(bytes), loaded.pixels().geometry()));
    return loaded;
  }

  /** Only the pixels. */
  RgbImage read(ReferenceImage reference, Room room) {
    return decode(bytes(reference), room);
  }

  private byte[] bytes(ReferenceImage reference) {
    if (reference instanceof ReferenceImage.Inline inline) {
      if (inline.bytes().length > config.maxImageBytes()) {
        throw new QueryFailedException(
            FailureCode.REFERENCE_TOO_LARGE,
            "reference.bytes: "
                + inline.bytes().length
                + " bytes, the limit is "
                + config.maxImageBytes());
      }
      return inline.bytes();
    }
    if (reference instanceof ReferenceImage.Located located) {
      byte[] bytes = read(located);
      located.sha256().ifPresent(expected -> verify(located, bytes, expected));
      return bytes;
    }
    throw new AssertionError(reference);
  }

  private byte[] read(ReferenceImage.Located located) {
    try {
      return source.read(located.uri(), config.maxImageBytes());
    } catch (ImageSourceException e) {
      throw new QueryFailedException(code(e.reason()), "reference: " + e.getMessage(), e);
    }
  }

  private static FailureCode code(ImageSourceException.Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> FailureCode.REFERENCE_NOT_FOUND;
      case FORBIDDEN -> FailureCode.REFERENCE_FORBIDDEN;
      case TOO_LARGE -> FailureCode.REFERENCE_TOO_LARGE;
      case UNAVAILABLE -> FailureCode.STORE_UNAVAILABLE;
    };
  }

  private static void verify(ReferenceImage.Located located, byte[] bytes, String expected) {
    String found = sha256(bytes);
    if (!found.equalsIgnoreCase(expected)) {
      throw new QueryFailedException(
          FailureCode.REFERENCE_UNREADABLE,
          "reference.sha256: "
              + located.uri()
              + " has "
              + found
              + ", the query states "
              + expected);
    }
  }

  private RgbImage decode(byte[] bytes, Room room) {
    try {
      room.require(3 * reader.pixels(bytes, config.maxImagePixels()));
      return reader.read(bytes, config.maxImagePixels());
    } catch (UnreadableImageException e) {
      throw new QueryFailedException(
          e.tooLarge() ? FailureCode.REFERENCE_TOO_LARGE : FailureCode.REFERENCE_UNREADABLE,
          "reference: " + e.getMessage(),
          e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
