package dev.heliograph.imaging;

import java.util.ArrayList;
import java.util.List;

/**
 * A JPEG scan header.
 *
 * @param components which of the frame's components it codes, by index
 * @param dcTables name of each component's table for DC differences
 * @param acTables name of each component's table for AC coefficients
 * @param from first coefficient, in zigzag order; 0 is DC
 * @param to last coefficient
 * @param refines whether it adds one bit to coefficients that earlier scans began
 */
record JpegScan(
    List<Integer> components,
    List<Integer> dcTables,
    List<Integer> acTables,
    int from,
    int to,
    boolean refines) {

  JpegScan {
    components = List.copyOf(components);
    dcTables = List.copyOf(dcTables);
    acTables = List.copyOf(acTables);
  }

  /** Reads the segment whose length field is there. */
  static JpegScan read(Bytes in, JpegFrame frame, int at) {
    int count = in.u8(at + 2L);
    if (count < 1 || count > 4 || in.u16(at) != 6 + 2 * count) {
      throw in.unreadable("is corrupt: a scan of " + count + " components");
    }
    List<Integer> components = new ArrayList<>();
    List<Integer> dcTables = new ArrayList<>();
    List<Integer> acTables = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int id = in.u8(at + 3L + 2L * i);
      int names = in.u8(at + 4L + 2L * i);
      int index = indexOf(frame, id, components);
      if (index < 0) {
        throw in.unreadable("is corrupt: a scan of a component " + id);
      }
      components.add(index);
      dcTables.add(names >> 4);
      acTables.add(names & 15);
    }
    int parameters = at + 3 + 2 * count;
    int from = in.u8(parameters);
    int to = in.u8(parameters + 1L);
    if (!frame.progressive()) {
      return new JpegScan(components, dcTables, acTables, 0, 63, false);
    }
    if (from > to || to > 63 || (from == 0 ? to > 0 : count > 1)) {
      throw in.unreadable("is corrupt: a scan of coefficients " + from + " to " + to);
    }
    boolean refines = in.u8(parameters + 2L) >> 4 != 0;
    return new JpegScan(components, dcTables, acTables, from, to, refines);
  }

  private static int indexOf(JpegFrame frame, int id, List<Integer> taken) {
    for (int i = 0; i < frame.components().size(); i++) {
      if (frame.components().get(i).id() == id && !taken.contains(i)) {
        return i;
      }
    }
    return -1;
  }
}
