package dev.heliograph.imaging;

/**
 * The means of one component's samples over the 8 × 8 pixels of each block of the image. Where the
 * component has half as many samples as the image, one of its blocks lies under two or four of the
 * image's, and what is wanted are the means of its halves or quarters. Of the cosines that a block
 * is made of, the odd ones have means of opposite sign in its halves, and the even ones none: so a
 * quarter's mean is a sum of four parts with signs.
 */
final class JpegMeans {
  private static final int BLOCK = 8;

  /** Of the fixed point in which parts are summed. */
  private static final int BITS = 14;

  private static final int HALF = 1 << (BITS - 1);

  /** By frequency: the mean of a cosine over the first half of a block, normalised as in T.81. */
  private static final double[] HALF_MEANS = halfMeans();

  /** Of the image's blocks that lie on one of the component's. */
  private final int across;

  private final int down;

  /** Of the component's blocks in an interleaved unit. */
  private final int unitAcross;

  private final int unitDown;

  private final int stride;
  private final byte[] levels;

  /** A component that is alone in its scan: its blocks come row by row. */
  JpegMeans(int blocksAcross, int blocksDown) {
    this(1, 1, 1, 1, blocksAcross, blocksDown);
  }

  /** A component that is interleaved with others. */
  JpegMeans(JpegFrame frame, JpegFrame.Component component) {
    this(
        frame.unitWidth() / BLOCK / component.across(),
        frame.unitHeight() / BLOCK / component.down(),
        component.across(),
        component.down(),
        frame.unitsAcross() * frame.unitWidth() / BLOCK,
        frame.unitsDown() * frame.unitHeight() / BLOCK);
  }

  private JpegMeans(int across, int down, int unitAcross, int unitDown, int stride, int rows) {
    this.across = across;
    this.down = down;
    this.unitAcross = unitAcross;
    this.unitDown = unitDown;
    this.stride = stride;
    this.levels = new byte[Math.multiplyExact(stride, rows)];
  }

  /** A mean, 0 to 255. */
  int level(int x, int y) {
    return levels[y * stride + x] & 0xFF;
  }

  /**
   * @param steps the quantisation, in the order of the coefficients in the file
   */
  JpegBlocks reader(
      JpegBits bits, Bytes in, JpegHuffmanTable dc, JpegHuffmanTable ac, int[] steps) {
    return new Reader(bits, in, dc, ac, steps);
  }

  private final class Reader extends JpegBlocks {
    private final Bytes in;
    private final JpegHuffmanTable dc;
    private final JpegHuffmanTable ac;
    private final boolean whole = across == 1 && down == 1;

    /** By coefficient: its part, 1 if it is odd from left to right plus 2 if from top to bottom. */
    private final int[] parts = new int[COEFFICIENTS];

    /** By coefficient, in fixed point: what a step of it adds to its part. */
    private final int[] weights = new int[COEFFICIENTS];

    private final int[] sums = new int[4];
    private int lastDc;

    /** Of the image's blocks: where the unit begins. */
    private int x;

    private int y;

    /** Of the component's blocks: which of the unit's comes next. */
    private int column;

    private int row;

    Reader(JpegBits bits, Bytes in, JpegHuffmanTable dc, JpegHuffmanTable ac, int[] steps) {
      super(bits);
      this.in = in;
      this.dc = dc;
      this.ac = ac;
      int u = 0;
      int v = 0;
      for (int k = 0; k < COEFFICIENTS; k++) {
        parts[k] = (u & 1) + 2 * (v & 1);
        double mean = mean(u, across) * mean(v, down);
        weights[k] = (int) Math.rint(mean * steps[k] * (1 << BITS));
        boolean up = (u + v) % 2 == 0;
        int forward = up ? u : v;
        int backward = up ? v : u;
        if (forward == BLOCK - 1) {
          backward++;
        } else {
          forward++;
          backward = Math.max(0, backward - 1);
        }
        u = up ? forward : backward;
        v = up ? backward : forward;
      }
    }

    @Override
    void restart() {
      lastDc = 0;
    }

    @Override
    void next() {
      lastDc += JpegBits.value(bits.coefficient(dc));
      sums[0] = lastDc * weights[0];
      if (whole) {
        bits.coefficients(ac);
      } else {
        addHalves();
      }
      store();
    }

    private void addHalves() {
      sums[1] = 0;
      sums[2] = 0;
      sums[3] = 0;
      for (int k = 1; k < COEFFICIENTS; k++) {
        int coefficient = bits.coefficient(ac);
        int symbol = JpegBits.symbol(coefficient);
        if (JpegBits.endsBlock(symbol)) {
          return;
        }
        k += symbol >> 4;
        if (symbol == JpegBits.SIXTEEN_ZEROS) {
          continue;
        }
        if (k >= COEFFICIENTS) {
          throw in.unreadable("is corrupt: a block of more than 64 coefficients");
        }
        sums[parts[k]] += JpegBits.value(coefficient) * weights[k];
      }
    }

    private void store() {
      int at = (y + row * down) * stride + x + column * across;
      if (whole) {
        levels[at] = level(sums[0]);
      } else {
        for (int j = 0; j < down; j++) {
          for (int i = 0; i < across; i++) {
            int right = i == 0 ? sums[1] : -sums[1];
            int below = j == 0 ? sums[2] : -sums[2];
            int both = i == j ? sums[3] : -sums[3];
            levels[at + j * stride + i] = level(sums[0] + right + below + both);
          }
        }
      }
      advance();
    }

    private static byte level(int sum) {
      return (byte) Ycc.clip(((sum + HALF) >> BITS) + 128);
    }

    /** To the next block: of the unit, of the next unit, of the next row of units. */
    private void advance() {
      if (++column < unitAcross) {
        return;
      }
      column = 0;
      if (++row < unitDown) {
        return;
      }
      row = 0;
      x += unitAcross * across;
      if (x == stride) {
        x = 0;
        y += unitDown * down;
      }
    }
  }

  /** The mean of a cosine over a block, or over the first of its two halves. */
  private static double mean(int frequency, int halves) {
    return frequency == 0 || halves == 2 ? HALF_MEANS[frequency] : 0;
  }

  private static double[] halfMeans() {
    double[] means = new double[BLOCK];
    means[0] = Math.sqrt(1.0 / BLOCK);
    for (int u = 1; u < BLOCK; u += 2) {
      for (int x = 0; x < BLOCK / 2; x++) {
        means[u] += Math.cos((2 * x + 1) * u * Math.PI / (2 * BLOCK)) / BLOCK;
      }
    }
    return means;
  }
}
