package dev.heliograph.imaging;

import java.util.zip.Adler32;

/** The Adler-32 checksum (RFC 1950) of so many bytes, which joins those of what follows them. */
record AdlerSum(int value, long length) {
  private static final long BASE = 65_521;

  static AdlerSum of(Adler32 checksum, long length) {
    return new AdlerSum((int) checksum.getValue(), length);
  }

  /**
   * Of these bytes and the next. The lower half adds bytes up, from 1; the upper one adds up what
   * the lower one has been after each byte, so it has these bytes' sum once more for each of the
   * next.
   */
  AdlerSum then(AdlerSum next) {
    long before = lower() - 1;
    long lower = (before + next.lower()) % BASE;
    long upper = (upper() + next.upper() + next.length % BASE * (before + BASE)) % BASE;
    return new AdlerSum((int) (upper << 16 | (lower + BASE) % BASE), length + next.length);
  }

  private long lower() {
    return value & 0xFFFFL;
  }

  private long upper() {
    return (value & 0xFFFF_FFFFL) >>> 16;
  }
}
