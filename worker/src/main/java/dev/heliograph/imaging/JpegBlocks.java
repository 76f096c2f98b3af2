package dev.heliograph.imaging;

/**
 * Reads the codes of one component's blocks in one scan, block after block (ITU-T T.81, annexes F
 * and G). Values are read past; only progressive scans leave something behind: which coefficients
 * are not zero, because that decides how many bits a later scan holds.
 */
abstract class JpegBlocks {
  static final int COEFFICIENTS = 64;

  final JpegBits bits;

  JpegBlocks(JpegBits bits) {
    this.bits = bits;
  }

  /** Reads the next block. */
  abstract void next();

  /** Begins anew after a restart marker. */
  void restart() {}

  /** All coefficients at once: the only kind of scan in a sequential file. */
  static final class Sequential extends JpegBlocks {
    private final JpegHuffmanTable dc;
    private final JpegHuffmanTable ac;

    Sequential(JpegBits bits, JpegHuffmanTable dc, JpegHuffmanTable ac) {
      super(bits);
      this.dc = dc;
      this.ac = ac;
    }

    @Override
    void next() {
      bits.symbol(dc);
      bits.coefficients(ac);
    }
  }

  /** The DC coefficients' leading bits. */
  static final class DcFirst extends JpegBlocks {
    private final JpegHuffmanTable dc;

    DcFirst(JpegBits bits, JpegHuffmanTable dc) {
      super(bits);
      this.dc = dc;
    }

    @Override
    void next() {
      bits.symbol(dc);
    }
  }

  /** One more bit of the DC coefficients. */
  static final class DcRefinement extends JpegBlocks {
    DcRefinement(JpegBits bits) {
      super(bits);
    }

    @Override
    void next() {
      bits.take(1);
    }
  }

  /** A band of AC coefficients in a scan of one component. */
  private abstract static class AcBand extends JpegBlocks {
    final Bytes in;
    final JpegHuffmanTable ac;
    final JpegScan scan;

    /** For each block, a bit for each coefficient that is known to differ from zero. */
    final long[] nonZero;

    int block;

    /** Blocks still to come that this scan adds nothing new to. */
    int emptyBlocks;

    AcBand(JpegBits bits, Bytes in, JpegHuffmanTable ac, JpegScan scan, long[] nonZero) {
      super(bits);
      this.in = in;
      this.ac = ac;
      this.scan = scan;
      this.nonZero = nonZero;
    }

    @Override
    void restart() {
      emptyBlocks = 0;
    }
  }

  /** The leading bits of a band of AC coefficients. */
  static final class AcFirst extends AcBand {
    AcFirst(JpegBits bits, Bytes in, JpegHuffmanTable ac, JpegScan scan, long[] nonZero) {
      super(bits, in, ac, scan, nonZero);
    }

    @Override
    void next() {
      int current = block++;
      if (emptyBlocks > 0) {
        emptyBlocks--;
        return;
      }
      long found = 0;
      for (int k = scan.from(); k <= scan.to(); k++) {
        int symbol = bits.symbol(ac);
        int run = symbol >> 4;
        if ((symbol & 15) == 0 && run != 15) {
          emptyBlocks = (1 << run) - 1 + bits.take(run);
          break;
        }
        k += run;
        if ((symbol & 15) != 0) {
          if (k > scan.to()) {
            throw in.unreadable("is corrupt: a coefficient beyond its band");
          }
          found |= 1L << k;
        }
      }
      nonZero[current] |= found;
    }
  }

  /** One more bit of a band of AC coefficients, and those that only now differ from zero. */
  static final class AcRefinement extends AcBand {
    AcRefinement(JpegBits bits, Bytes in, JpegHuffmanTable ac, JpegScan scan, long[] nonZero) {
      super(bits, in, ac, scan, nonZero);
    }

    @Override
    void next() {
      int current = block++;
      long known = nonZero[current];
      long band = -1L >>> (63 - scan.to());
      long found = 0;
      int k = scan.from();
      if (emptyBlocks == 0) {
        while (k <= scan.to()) {
          int symbol = bits.symbol(ac);
          int run = symbol >> 4;
          boolean fresh = (symbol & 15) != 0;
          if (!fresh && run != 15) {
            emptyBlocks = (1 << run) + bits.take(run);
            break;
          }
          // The run counts coefficients that are zero so far; each known one on the way has a bit.
          long zeros = ~known & band & -1L << k;
          for (; run > 0; run--) {
            zeros &= zeros - 1;
          }
          if (fresh && zeros == 0) {
            throw in.unreadable("is corrupt: a coefficient beyond its band");
          }
          int next = zeros == 0 ? scan.to() + 1 : Long.numberOfTrailingZeros(zeros);
          bits.skip(Long.bitCount(known & band & -1L << k & below(next)));
          if (fresh) {
            found |= 1L << next;
          }
          k = next + 1;
        }
      }
      if (emptyBlocks > 0) {
        // One bit for each known coefficient from k to the end of the band.
        bits.skip(k > scan.to() ? 0 : Long.bitCount(known & band & -1L << k));
        emptyBlocks--;
      }
      nonZero[current] |= found;
    }

    /** The bits under this one; all of them for 64. */
    private static long below(int bit) {
      return bit == 64 ? -1L : (1L << bit) - 1;
    }
  }
}
