package dev.heliograph.pipeline;

import dev.heliograph.query.Addresses;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.ReferenceImage;
import dev.heliograph.query.RgbImage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;

/** Reads a query's reference image; every way it can fail has its own code. Thread-safe. */
final class ReferenceLoader {
  private final ImageSource source;
  private final ImageIngest ingest;
  private final long maxBytes;

  ReferenceLoader(ImageSource source, ImageIngest ingest, long maxBytes) {
    this.source = source;
    this.ingest = ingest;
    this.maxBytes = maxBytes;
  }

  /**
   * @param evidence is told what was read
   */
  LoadedImage load(ReferenceImage reference, Room room, RunEvidence evidence) {
    byte[] bytes = bytes(reference);
    LoadedImage loaded = decoded(() -> ingest.load(bytes, room));
    evidence.read(
        new RunEvidence.Reference(
            sha256(bytes), bytes.length, ingest.orientation(bytes), loaded.pixels().geometry()));
    return loaded;
  }

  /** Only the pixels. */
  RgbImage read(ReferenceImage reference, Room room) {
    byte[] bytes = bytes(reference);
    return decoded(() -> ingest.read(bytes, room));
  }

  private byte[] bytes(ReferenceImage reference) {
    if (reference instanceof ReferenceImage.Inline inline) {
      if (inline.bytes().length > maxBytes) {
        throw new QueryFailedException(
            FailureCode.REFERENCE_TOO_LARGE,
            "reference.bytes: " + inline.bytes().length + " bytes, the limit is " + maxBytes);
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
      return source.read(located.uri(), maxBytes);
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
              + Addresses.withoutCredentials(located.uri())
              + " has "
              + found
              + ", the query states "
              + expected);
    }
  }

  private static <T> T decoded(Supplier<T> decode) {
    try {
      return decode.get();
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
