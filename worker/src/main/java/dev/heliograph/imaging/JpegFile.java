package dev.heliograph.imaging;

import dev.heliograph.pipeline.Thrown;
import dev.heliograph.query.RgbImage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** A JPEG image: baseline or progressive; grey, YCbCr, RGB, CMYK or YCCK. */
final class JpegFile implements ImageFile {
  static final int START_OF_SCAN = 0xDA;
  static final int END_OF_IMAGE = 0xD9;
  static final int HUFFMAN_TABLES = 0xC4;
  static final int QUANTISATION_TABLES = 0xDB;
  static final int RESTART_INTERVAL = 0xDD;
  static final int FIRST_RESTART = 0xD0;
  static final int LAST_RESTART = 0xD7;

  private static final int START_OF_IMAGE = 0xD8;
  private static final int TEMPORARY = 0x01;
  private static final int APP1 = 0xE1;
  private static final int APP14 = 0xEE;
  private static final int LAST_FRAME_KIND = 0xCF;
  private static final int RESERVED = 0xC8;
  private static final int ARITHMETIC_TABLES = 0xCC;

  /** More components than that are inks. */
  private static final int COLOURS = 3;

  private static final String EXIF = "Exif\0\0";

  private final Bytes in;
  private final JpegFrame frame;
  private int orientation = 1;

  /** Whether a segment of Adobe's may say that colours are others than usual. */
  private boolean adobe;

  /** Where the length field of its header is. */
  private int firstScan;

  JpegFile(byte[] file) {
    in = new Bytes(file, format(), false);
    frame = readHeader();
  }

  @Override
  public String format() {
    return "JPEG";
  }

  @Override
  public int width() {
    return frame.width();
  }

  @Override
  public int height() {
    return frame.height();
  }

  @Override
  public int orientation() {
    return orientation;
  }

  @Override
  public RgbImage decode(OpenCvDecoder decoder) {
    return checked(() -> pixels(decoder));
  }

  @Override
  public boolean reduces() {
    return frame.components().size() <= COLOURS;
  }

  @Override
  public RgbImage decodeReduced(OpenCvDecoder decoder, int fraction) {
    if (fraction == JpegEighth.FRACTION && !adobe && inOneScan() && JpegEighth.reads(frame)) {
      JpegEighth eighth = new JpegEighth(frame);
      new JpegScans(in, frame, eighth).check();
      return decoder.upright(eighth.image(), orientation);
    }
    return checked(() -> decoder.reducedRgb(this, in.array(), orientation, fraction));
  }

  /**
   * Looks for damage, and decodes at the same time where that is safe: in a file of one scan a
   * decoder cannot be kept busy by scan upon scan, which is what the check is there to refuse.
   */
  private RgbImage checked(Supplier<RgbImage> decode) {
    if (!inOneScan()) {
      new JpegScans(in, frame).check();
      return decode.get();
    }
    CompletableFuture<RgbImage> decoding = CompletableFuture.supplyAsync(decode);
    try {
      new JpegScans(in, frame).check();
    } catch (RuntimeException damaged) {
      decoding.handle((image, error) -> image).join();
      throw damaged;
    }
    return joined(decoding);
  }

  private boolean inOneScan() {
    int components = frame.components().size();
    return !frame.progressive()
        && components <= COLOURS
        && JpegScan.read(in, frame, firstScan).components().size() == components;
  }

  private RgbImage pixels(OpenCvDecoder decoder) {
    return frame.components().size() > COLOURS
        ? decoder.upright(new CmykJpeg(in, width(), height()).decode(), orientation)
        : decoder.rgb(this, in.array(), orientation);
  }

  private static RgbImage joined(CompletableFuture<RgbImage> decoding) {
    try {
      return decoding.join();
    } catch (CompletionException e) {
      throw Thrown.by(e);
    }
  }

  private JpegFrame readHeader() {
    JpegFrame found = null;
    boolean exif = false;
    int at = 2;
    while (true) {
      at = nextMarker(in, at);
      int marker = in.u8(at++);
      if (marker == END_OF_IMAGE) {
        throw in.unreadable("has no scan");
      }
      if (marker == START_OF_SCAN) {
        if (found == null) {
          throw in.unreadable("has no frame header before its first scan");
        }
        firstScan = at;
        return found;
      }
      if (standsAlone(marker)) {
        continue;
      }
      int length = segmentLength(in, at);
      if (isFrame(marker)) {
        if (found != null) {
          throw in.unreadable("has two frame headers");
        }
        found = JpegFrame.read(in, marker, at);
      } else if (marker == APP1 && !exif && in.hasAscii(at + 2, EXIF)) {
        exif = true;
        orientation = TiffDirectory.exifOrientation(in.array(), at + 2 + EXIF.length());
      }
      adobe |= marker == APP14;
      at += length;
    }
  }

  /** Where the code of the next marker is; bytes between segments are skipped. */
  static int nextMarker(Bytes in, int from) {
    int at = from;
    while (true) {
      while (in.u8(at) != 0xFF) {
        at++;
      }
      while (in.u8(at) == 0xFF) {
        at++;
      }
      if (in.u8(at) != 0) {
        return at;
      }
    }
  }

  /** Length of the segment whose length field is there, the field included. */
  static int segmentLength(Bytes in, int at) {
    int length = in.u16(at);
    if (length < 2) {
      throw in.unreadable("is corrupt: a segment of " + length + " bytes");
    }
    in.require(at, length);
    return length;
  }

  static boolean standsAlone(int marker) {
    return marker == TEMPORARY || (marker >= FIRST_RESTART && marker <= START_OF_IMAGE);
  }

  private static boolean isFrame(int marker) {
    return marker >= JpegFrame.BASELINE
        && marker <= LAST_FRAME_KIND
        && marker != HUFFMAN_TABLES
        && marker != RESERVED
        && marker != ARITHMETIC_TABLES;
  }
}
