package dev.heliograph.imaging;

import dev.heliograph.query.RgbImage;
import java.util.List;

/**
 * A JPEG image at an eighth of its size, made while its codes are checked: for each pixel, the mean
 * of a block of 8 × 8. For a file of one sequential scan.
 */
final class JpegEighth {
  static final int FRACTION = 8;

  /** More of them T.81 does not allow, and decoders refuse. */
  private static final int MAX_BLOCKS_IN_UNIT = 10;

  private final JpegFrame frame;
  private final List<JpegMeans> components;

  JpegEighth(JpegFrame frame) {
    this.frame = frame;
    this.components = frame.components().stream().map(this::means).toList();
  }

  /**
   * Whether it can make one: of a grey image, or of one in YCbCr whose components have as many
   * samples as the image or half as many, in each direction.
   */
  static boolean reads(JpegFrame frame) {
    return !frame.progressive()
        && frame.common()
        && (frame.components().size() == 1
            || (frame.yccByName()
                && frame.blocksInUnit() <= MAX_BLOCKS_IN_UNIT
                && frame.components().stream()
                    .allMatch(component -> halvesAtMost(frame, component))));
  }

  private static boolean halvesAtMost(JpegFrame frame, JpegFrame.Component component) {
    int across = frame.unitWidth() / FRACTION;
    int down = frame.unitHeight() / FRACTION;
    return (across == component.across() || across == 2 * component.across())
        && (down == component.down() || down == 2 * component.down());
  }

  private JpegMeans means(JpegFrame.Component component) {
    return frame.components().size() == 1
        ? new JpegMeans(frame.blocksAcross(component), frame.blocksDown(component))
        : new JpegMeans(frame, component);
  }

  /** How to read the blocks of a component. */
  JpegBlocks blocks(
      int component,
      JpegBits bits,
      Bytes in,
      JpegHuffmanTable dc,
      JpegHuffmanTable ac,
      int[] steps) {
    return components.get(component).reader(bits, in, dc, ac, steps);
  }

  /** When all blocks are read. */
  RgbImage image() {
    int width = (frame.width() + FRACTION - 1) / FRACTION;
    int height = (frame.height() + FRACTION - 1) / FRACTION;
    byte[] rgb = new byte[3 * width * height];
    JpegMeans luma = components.get(0);
    boolean grey = components.size() == 1;
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++, i += 3) {
        int level = luma.level(x, y);
        int blueness = grey ? 0 : components.get(1).level(x, y) - 128;
        int redness = grey ? 0 : components.get(2).level(x, y) - 128;
        rgb[i] = (byte) Ycc.red(level, redness);
        rgb[i + 1] = (byte) Ycc.green(level, blueness, redness);
        rgb[i + 2] = (byte) Ycc.blue(level, blueness);
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
