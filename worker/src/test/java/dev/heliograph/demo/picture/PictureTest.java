package dev.heliograph.demo.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.query.RgbImage;
import org.junit.jupiter.api.Test;

class PictureTest {
  @Test
  void aJpegHoldsThePictureWithItsChannelsInOrder() {
    byte[] rgb = new byte[3 * 32 * 16];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) 200;
      rgb[i + 1] = 100;
      rgb[i + 2] = 20;
    }
    RgbImage decoded = Jpeg.decode(Jpeg.encode(new RgbImage(32, 16, rgb), 0.95f));

    assertEquals(32, decoded.width());
    assertEquals(16, decoded.height());
    assertEquals(200, decoded.rgb()[0] & 0xff, 4);
    assertEquals(100, decoded.rgb()[1] & 0xff, 4);
    assertEquals(20, decoded.rgb()[2] & 0xff, 4);
  }

  @Test
  void bytesThatAreNoImageAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Jpeg.decode(new byte[] {1, 2, 3}));
  }

  @Test
  void reducingTakesTheMeanOfWhatAPixelCovers() {
    RgbImage image =
        new RgbImage(
            4,
            2,
            new byte[] {
              10,
              0,
              0,
              20,
              0,
              0,
              100,
              0,
              0,
              100,
              0,
              0,
              30,
              0,
              0,
              40,
              0,
              0,
              100,
              0,
              0,
              (byte) 200,
              0,
              0
            });

    RgbImage reduced = Reduction.of(image, 2);

    assertEquals(2, reduced.width());
    assertEquals(1, reduced.height());
    assertArrayEquals(new byte[] {25, 0, 0, 125, 0, 0}, reduced.rgb());
    assertSame(image, Reduction.of(image, 4), "nothing to reduce");
    assertEquals(1, Reduction.of(new RgbImage(9, 1, new byte[27]), 3).height());
  }
}
