package dev.heliograph.imaging;

import java.util.ArrayList;
import java.util.List;

/**
 * A JPEG frame header.
 *
 * @param kind the marker, SOF0 to SOF15
 * @param precision bits per sample
 */
record JpegFrame(int kind, int precision, int width, int height, List<Component> components) {
  static final int BASELINE = 0xC0;

  private static final int PROGRESSIVE = 0xC2;

  /**
   * A colour component.
   *
   * @param across horizontal sampling factor, 1 to 4
   * @param down vertical sampling factor, 1 to 4
   * @param steps the name of its quantisation table
   */
  record Component(int id, int across, int down, int steps) {}

  JpegFrame {
    components = List.copyOf(components);
  }

  /** Reads the segment whose length field is there. */
  static JpegFrame read(Bytes in, int kind, int at) {
    int height = in.u16(at + 3L);
    int width = in.u16(at + 5L);
    int count = in.u8(at + 7L);
    if (width < 1 || height < 1) {
      throw in.unreadable("has no pixels: " + width + " x " + height);
    }
    if (count < 1 || count > 4 || in.u16(at) != 8 + 3 * count) {
      throw in.unreadable("is corrupt: a frame header of " + count + " components");
    }
    List<Component> components = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int start = at + 8 + 3 * i;
      int across = in.u8(start + 1L) >> 4;
      int down = in.u8(start + 1L) & 15;
      if (across < 1 || across > 4 || down < 1 || down > 4) {
        throw in.unreadable("is corrupt: sampling factors " + across + " and " + down);
      }
      components.add(new Component(in.u8(start), across, down, in.u8(start + 2L)));
    }
    return new JpegFrame(kind, in.u8(at + 2L), width, height, components);
  }

  boolean progressive() {
    return kind == PROGRESSIVE;
  }

  /** Whether it is DCT with 8 bits and Huffman codes, as nearly every JPEG file is. */
  boolean common() {
    return precision == 8 && kind >= BASELINE && kind <= PROGRESSIVE;
  }

  /** Whether the components' names are those that JFIF gives to YCbCr. */
  boolean yccByName() {
    return components.stream().map(Component::id).toList().equals(List.of(1, 2, 3));
  }

  /** Pixels that an interleaved unit covers from left to right. */
  int unitWidth() {
    return 8 * components.stream().mapToInt(Component::across).max().orElse(1);
  }

  /** Pixels that an interleaved unit covers from top to bottom. */
  int unitHeight() {
    return 8 * components.stream().mapToInt(Component::down).max().orElse(1);
  }

  /** Blocks of 8 x 8 in a unit that interleaves all components. */
  int blocksInUnit() {
    return components.stream().mapToInt(each -> each.across() * each.down()).sum();
  }

  /** Blocks of 8 x 8 from left to right that hold a component's own samples. */
  int blocksAcross(Component component) {
    return ceilingOf((long) width * component.across(), unitWidth());
  }

  /** Blocks of 8 x 8 from top to bottom that hold a component's own samples. */
  int blocksDown(Component component) {
    return ceilingOf((long) height * component.down(), unitHeight());
  }

  int unitsAcross() {
    return ceilingOf(width, unitWidth());
  }

  int unitsDown() {
    return ceilingOf(height, unitHeight());
  }

  /** Interleaved units in the whole frame. */
  long units() {
    return (long) unitsAcross() * unitsDown();
  }

  private static int ceilingOf(long dividend, int divisor) {
    return (int) ((dividend + divisor - 1) / divisor);
  }
}
