package dev.heliograph.query;

import java.net.URI;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** Where a query's reference image is: in an allowed bucket, or in the event itself. */
public sealed interface ReferenceImage {

  /**
   * An image in object storage.
   *
   * @param sha256 lower-case hex digest that the bytes must have
   */
  record Located(URI uri, Optional<String> sha256) implements ReferenceImage {
    public Located {
      Objects.requireNonNull(uri, "uri");
      Objects.requireNonNull(sha256, "sha256");
    }
  }

  /**
   * An image inside the event. The array is handed over: nobody writes to it afterwards.
   *
   * @param mediaType as the sender states it; the bytes decide
   */
  record Inline(byte[] bytes, String mediaType) implements ReferenceImage {
    public Inline {
      Objects.requireNonNull(bytes, "bytes");
      Objects.requireNonNull(mediaType, "mediaType");
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Inline that
          && mediaType.equals(that.mediaType)
          && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes) * 31 + mediaType.hashCode();
    }

    @Override
    public String toString() {
      return "Inline[" + bytes.length + " bytes, " + mediaType + "]";
    }
  }
}
