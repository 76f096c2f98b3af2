package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedAheadTest {

  @Test
  void saysWhichRecordsArePublished() {
    PublishedAhead ahead = new PublishedAhead(10, 20, List.of(10L, 15L));
    assertTrue(ahead.contains(9));
    assertFalse(ahead.contains(10));
    assertTrue(ahead.contains(11));
    assertFalse(ahead.contains(15));
    assertTrue(ahead.contains(19));
    assertFalse(ahead.contains(20));
  }

  @Test
  void isReadAsItWasWritten() {
    Random random = new Random(20261128);
    for (int i = 0; i < 2_000; i++) {
      long offset = random.nextLong(1L << random.nextInt(1, 62));
      TreeSet<Long> open = new TreeSet<>(List.of(offset));
      for (int j = random.nextInt(40); j > 0; j--) {
        open.add(offset + random.nextLong(1L << random.nextInt(1, 20)));
      }
      long end = open.last() + 1 + random.nextInt(1000);
      PublishedAhead ahead = new PublishedAhead(offset, end, List.copyOf(open));
      assertEquals(ahead, PublishedAhead.of(new OffsetAndMetadata(offset, ahead.encoded())));
    }
  }

  @Test
  void nothingAheadIsNoMetadata() {
    assertEquals("", PublishedAhead.nothing(7).encoded());
    assertEquals(PublishedAhead.nothing(7), PublishedAhead.of(new OffsetAndMetadata(7)));
  }

  @Test
  void metadataOfAnotherOffsetIsNotBelieved() {
    String metadata = new PublishedAhead(10, 20, List.of(10L)).encoded();
    assertEquals(PublishedAhead.nothing(9), PublishedAhead.of(new OffsetAndMetadata(9, metadata)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "moved by a tool",
        "heliograph1:",
        "heliograph1:%%%",
        "heliograph1:CgoK_w",
        "heliograph1:________________",
        "heliograph1:Cv8",
        "heliograph1:CgA",
        "heliograph1:CgEL"
      })
  void unreadableMetadataSaysNothing(String metadata) {
    assertEquals(
        PublishedAhead.nothing(10), PublishedAhead.of(new OffsetAndMetadata(10, metadata)));
  }

  @Test
  void noBytesMakeItFail() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(24)];
      random.nextBytes(bytes);
      String metadata =
          "heliograph1:" + java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      PublishedAhead read = PublishedAhead.of(new OffsetAndMetadata(bytes.length, metadata));
      assertEquals(bytes.length, read.offset());
      assertTrue(read.end() >= read.offset());
    }
  }
}
