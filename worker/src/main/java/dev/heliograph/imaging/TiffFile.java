package dev.heliograph.imaging;

import dev.heliograph.query.RgbImage;

/** The first page of a classic TIFF file. */
final class TiffFile implements ImageFile {
  private static final int WIDTH = 256;
  private static final int LENGTH = 257;
  private static final int BITS_PER_SAMPLE = 258;
  private static final int STRIP_OFFSETS = 273;
  private static final int SAMPLES_PER_PIXEL = 277;
  private static final int STRIP_BYTE_COUNTS = 279;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_LENGTH = 323;
  private static final int TILE_OFFSETS = 324;
  private static final int TILE_BYTE_COUNTS = 325;
  private static final int EXTRA_SAMPLES = 338;

  private static final int ASSOCIATED_ALPHA = 1;
  private static final int UNASSOCIATED_ALPHA = 2;

  /** Ordinary tiles have 128 to 1024 pixels a side; a decoder allocates whole tiles. */
  private static final long MAX_TILE_PIXELS = 1L << 24;

  private static final int MAX_SAMPLES = 8;

  private final Bytes in;
  private final TiffDirectory page;
  private final int width;
  private final int height;

  TiffFile(byte[] file) {
    in = new Bytes(file, format(), file[0] == 'I');
    page = new TiffDirectory(file, 0, format());
    width = (int) Math.min(page.value(WIDTH, 0), Integer.MAX_VALUE);
    height = (int) Math.min(page.value(LENGTH, 0), Integer.MAX_VALUE);
    if (width < 1 || height < 1) {
      throw in.unreadable("has no pixels: " + width + " x " + height);
    }
  }

  @Override
  public String format() {
    return "TIFF";
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int orientation() {
    long stated = page.value(TiffDirectory.ORIENTATION, 1);
    return stated >= 1 && stated <= 8 ? (int) stated : 1;
  }

  @Override
  public RgbImage decode(OpenCvDecoder decoder) {
    checkLayout();
    long samples = page.value(SAMPLES_PER_PIXEL, 1);
    long bits = page.value(BITS_PER_SAMPLE, 1);
    if (samples > MAX_SAMPLES || bits > 16) {
      throw in.unreadable("has " + samples + " samples of " + bits + " bits per pixel");
    }
    int orientation = orientation();
    byte[] plain = in.array().clone();
    TiffDirectory plainPage = new TiffDirectory(plain, 0, format());
    // Turned here, like every other format; the decoder turns some pixel types and not others.
    plainPage.replaceShort(TiffDirectory.ORIENTATION, 1);
    if (page.value(EXTRA_SAMPLES, 0) == UNASSOCIATED_ALPHA) {
      // Otherwise the decoder multiplies the colours by alpha, which is to be dropped.
      plainPage.replaceShort(EXTRA_SAMPLES, ASSOCIATED_ALPHA);
    }
    return samples == 1 && bits == 16
        ? decoder.sixteenBitGrey(this, plain, orientation)
        : decoder.rgb(this, plain, orientation);
  }

  private void checkLayout() {
    if (page.value(TILE_WIDTH, 1) * page.value(TILE_LENGTH, 1) > MAX_TILE_PIXELS) {
      throw in.unreadable(
          "has tiles of " + page.value(TILE_WIDTH, 1) + " x " + page.value(TILE_LENGTH, 1));
    }
    checkPieces(STRIP_OFFSETS, STRIP_BYTE_COUNTS);
    checkPieces(TILE_OFFSETS, TILE_BYTE_COUNTS);
  }

  private void checkPieces(int offsets, int byteCounts) {
    // Each takes at least a byte, so there are never more of them than bytes.
    long[] starts = page.values(offsets, in.length());
    long[] sizes = page.values(byteCounts, in.length());
    for (int i = 0; i < Math.min(starts.length, sizes.length); i++) {
      in.require(starts[i], sizes[i]);
    }
  }
}
