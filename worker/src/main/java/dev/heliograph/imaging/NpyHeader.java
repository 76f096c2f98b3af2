package dev.heliograph.imaging;

import java.nio.charset.StandardCharsets;

/** The head of a NumPy file, version 1.0, of a row-major matrix. */
final class NpyHeader {
  static final String FLOAT32 = "<f4";
  static final String FLOAT16 = "<f2";

  private static final int PREFIX_BYTES = 10;

  /** NumPy aligns the data to this. */
  private static final int ALIGNMENT = 64;

  private NpyHeader() {}

  static byte[] of(String type, int rows, int columns) {
    String fields =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }"
            .formatted(type, rows, columns);
    int unpadded = PREFIX_BYTES + fields.length() + 1;
    int total = (unpadded + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    String text = fields + " ".repeat(total - unpadded) + "\n";
    char length = (char) text.length();
    return ("\u0093NUMPY\u0001\0" + (char) (length & 0xFF) + (char) (length >> 8) + text)
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
