package dev.heliograph.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array of a NumPy file, row-major. Reads the little-endian types that golden data and our own
 * artifacts use: f8, f4, f2, i8, i4, u1, b1.
 *
 * @param type NumPy's name, such as {@code <f4}
 * @param shape empty for a scalar
 * @param data the elements, little-endian, from position 0
 */
public record NpyArray(String type, int[] shape, ByteBuffer data) {
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '([^']+)', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\), *\\} *\n");

  /** {@code \x93NUMPY} read as a little-endian number, without the two bytes of the version. */
  private static final long MAGIC = 0x59504D554E93L;

  /** Parses a whole {@code .npy} file. */
  public static NpyArray parse(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < 12 || in.getLong(0) << 16 != MAGIC << 16) {
      throw new IllegalArgumentException("not a NumPy file");
    }
    int length = file[6] == 1 ? in.getShort(8) & 0xFFFF : in.getInt(8);
    int start = file[6] == 1 ? 10 : 12;
    String header = new String(file, start, length, StandardCharsets.US_ASCII);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("NumPy header not understood: " + header);
    }
    int[] shape =
        Arrays.stream(matcher.group(2).split(","))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    ByteBuffer data = in.slice(start + length, file.length - start - length);
    NpyArray array = new NpyArray(matcher.group(1), shape, data.order(ByteOrder.LITTLE_ENDIAN));
    if (data.remaining() != (long) array.size() * array.itemBytes()) {
      throw new IllegalArgumentException(data.remaining() + " bytes do not fill " + header);
    }
    return array;
  }

  /** How many elements. */
  public int size() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** All elements of a floating-point array; f8 is rounded. */
  public float[] floats() {
    float[] values = new float[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case "<f8" -> (float) data.getDouble(8 * i);
            case "<f4" -> data.getFloat(4 * i);
            case "<f2" -> half(data.getShort(2 * i));
            default -> throw new IllegalStateException(type + " is not floating point");
          };
    }
    return values;
  }

  /** All elements of an integer array; u1 and b1 come out as 0 to 255. */
  public long[] longs() {
    long[] values = new long[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case "<i8" -> data.getLong(8 * i);
            case "<i4" -> data.getInt(4 * i);
            case "|u1", "|b1" -> data.get(i) & 0xFF;
            default -> throw new IllegalStateException(type + " is not an integer type");
          };
    }
    return values;
  }

  /** All elements of a u1 array. */
  public byte[] bytes() {
    if (!type.equals("|u1")) {
      throw new IllegalStateException(type + " is not |u1");
    }
    byte[] values = new byte[size()];
    data.get(0, values);
    return values;
  }

  private int itemBytes() {
    return Integer.parseInt(type.substring(2));
  }

  private static float half(short bits) {
    int exponent = bits >> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    float magnitude;
    if (exponent == 0x1F) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (exponent == 0) {
      magnitude = Math.scalb((float) fraction, -24);
    } else {
      magnitude = Math.scalb((float) (fraction | 0x400), exponent - 25);
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}
