package dev.heliograph.imaging;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks all scans of a JPEG file and reads every Huffman code without computing a pixel. libjpeg,
 * and so every decoder built on it, only warns when a scan ends early or holds an impossible code,
 * and paints the rest grey; here such a file is refused.
 */
final class JpegScans {
  /** Ten or so are usual; a decoder goes over the whole image for each. */
  private static final int MAX_SCANS = 100;

  private static final int NAMES = 4;

  private final Bytes in;
  private final JpegFrame frame;
  private final @Nullable JpegEighth eighth;
  private final @Nullable JpegHuffmanTable[] dcTables = new JpegHuffmanTable[NAMES];
  private final @Nullable JpegHuffmanTable[] acTables = new JpegHuffmanTable[NAMES];

  /** By name; empty where there is none. */
  private final int[][] quantisation = new int[NAMES][0];

  /** Per component and block, for progressive files: which coefficients are not zero so far. */
  private final long[][] nonZero;

  private int restartInterval;
  private int scans;

  JpegScans(Bytes in, JpegFrame frame) {
    this(in, frame, null);
  }

  /**
   * @param eighth made on the way, of the first scan, which a decoder ends with; null for none
   */
  JpegScans(Bytes in, JpegFrame frame, @Nullable JpegEighth eighth) {
    this.in = in;
    this.frame = frame;
    this.eighth = eighth;
    nonZero = new long[frame.components().size()][0];
  }

  /**
   * @throws dev.heliograph.pipeline.UnreadableImageException if the file ends before its end marker
   *     or a scan is cut short or corrupt
   */
  void check() {
    int at = 2;
    boolean[] coded = new boolean[nonZero.length];
    while (true) {
      at = JpegFile.nextMarker(in, at);
      int marker = in.u8(at++);
      if (marker == JpegFile.END_OF_IMAGE) {
        break;
      }
      if (JpegFile.standsAlone(marker)) {
        continue;
      }
      int length = JpegFile.segmentLength(in, at);
      if (marker == JpegFile.HUFFMAN_TABLES) {
        readTables(at + 2, at + length);
      } else if (marker == JpegFile.QUANTISATION_TABLES) {
        readQuantisation(at + 2, at + length);
      } else if (marker == JpegFile.RESTART_INTERVAL) {
        restartInterval = in.u16(at + 2L);
      } else if (marker == JpegFile.START_OF_SCAN) {
        if (++scans > MAX_SCANS) {
          throw in.unreadable("has more than " + MAX_SCANS + " scans");
        }
        JpegScan scan = JpegScan.read(in, frame, at);
        scan.components().forEach(i -> coded[i] = true);
        if (frame.common()) {
          at = checkScan(scan, at + length);
          continue;
        }
      }
      at += length;
    }
    for (int i = 0; i < coded.length; i++) {
      if (!coded[i]) {
        throw in.unreadable("is cut short: no scan codes its component " + (i + 1));
      }
    }
  }

  private void readTables(int start, int end) {
    for (int at = start; at < end; ) {
      int name = in.u8(at++);
      if ((name & 0xEF) >= NAMES) {
        throw in.unreadable("is corrupt: a Huffman table named " + name);
      }
      JpegHuffmanTable table = new JpegHuffmanTable(in, at);
      (name < 16 ? dcTables : acTables)[name & 15] = table;
      at += table.bytes();
      requireWithin(at, end, "Huffman");
    }
  }

  private void readQuantisation(int start, int end) {
    for (int at = start; at < end; ) {
      int name = in.u8(at++);
      int bytes = name >> 4 == 0 ? 1 : 2;
      if ((name & 15) >= NAMES) {
        throw in.unreadable("is corrupt: a quantisation table named " + name);
      }
      int[] steps = new int[JpegBlocks.COEFFICIENTS];
      for (int k = 0; k < steps.length; k++, at += bytes) {
        steps[k] = bytes == 1 ? in.u8(at) : in.u16(at);
      }
      quantisation[name & 15] = steps;
      requireWithin(at, end, "quantisation");
    }
  }

  private void requireWithin(int at, int end, String kind) {
    if (at > end) {
      throw in.unreadable("is corrupt: a " + kind + " table is longer than its segment");
    }
  }

  private int checkScan(JpegScan scan, int start) {
    JpegBits bits = new JpegBits(in, start);
    List<Integer> components = scan.components();
    boolean interleaved = components.size() > 1;
    JpegBlocks[] blocks = new JpegBlocks[components.size()];
    int[] perUnit = new int[blocks.length];
    for (int i = 0; i < blocks.length; i++) {
      int index = components.get(i);
      JpegFrame.Component component = frame.components().get(index);
      blocks[i] = blocks(scan, i, bits);
      perUnit[i] = interleaved ? component.across() * component.down() : 1;
    }
    JpegFrame.Component first = frame.components().get(components.get(0));
    long units =
        interleaved ? frame.units() : (long) frame.blocksAcross(first) * frame.blocksDown(first);
    for (long unit = 0; unit < units; unit++) {
      if (restartInterval > 0 && unit > 0 && unit % restartInterval == 0) {
        bits.restart(JpegFile.FIRST_RESTART + (int) ((unit / restartInterval - 1) & 7));
        for (JpegBlocks each : blocks) {
          each.restart();
        }
      }
      for (int i = 0; i < blocks.length; i++) {
        for (int j = 0; j < perUnit[i]; j++) {
          blocks[i].next();
        }
      }
    }
    return bits.position();
  }

  /** How to read the scan's blocks of its i-th component. */
  private JpegBlocks blocks(JpegScan scan, int i, JpegBits bits) {
    if (!frame.progressive()) {
      JpegHuffmanTable dc = dcTable(scan.dcTables().get(i));
      JpegHuffmanTable ac = table(acTables, scan.acTables().get(i));
      int component = scan.components().get(i);
      return eighth == null || scans > 1
          ? new JpegBlocks.Sequential(bits, dc, ac)
          : eighth.blocks(component, bits, in, dc, ac, steps(component));
    }
    if (scan.from() == 0) {
      return scan.refines()
          ? new JpegBlocks.DcRefinement(bits)
          : new JpegBlocks.DcFirst(bits, dcTable(scan.dcTables().get(i)));
    }
    int index = scan.components().get(i);
    if (nonZero[index].length == 0) {
      JpegFrame.Component component = frame.components().get(index);
      nonZero[index] =
          new long[Math.multiplyExact(frame.blocksAcross(component), frame.blocksDown(component))];
    }
    JpegHuffmanTable ac = table(acTables, scan.acTables().get(i));
    return scan.refines()
        ? new JpegBlocks.AcRefinement(bits, in, ac, scan, nonZero[index])
        : new JpegBlocks.AcFirst(bits, in, ac, scan, nonZero[index]);
  }

  private int[] steps(int component) {
    int name = frame.components().get(component).steps();
    int[] steps = name < NAMES ? quantisation[name] : new int[0];
    if (steps.length == 0) {
      throw in.unreadable("is corrupt: a scan needs a quantisation table " + name);
    }
    return steps;
  }

  private JpegHuffmanTable dcTable(int name) {
    JpegHuffmanTable table = table(dcTables, name);
    if (!table.countsBitsOnly()) {
      throw in.unreadable("is corrupt: a Huffman table " + name + " for other than DC");
    }
    return table;
  }

  private JpegHuffmanTable table(@Nullable JpegHuffmanTable[] tables, int name) {
    JpegHuffmanTable table = name < NAMES ? tables[name] : null;
    if (table == null) {
      throw in.unreadable("is corrupt: a scan needs a Huffman table " + name);
    }
    return table;
  }
}
