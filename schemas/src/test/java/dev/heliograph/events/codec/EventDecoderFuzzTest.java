package dev.heliograph.events.codec;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** Mutated events either decode or are malformed; nothing else, and nothing big is allocated. */
class EventDecoderFuzzTest {
  private static final int MUTATIONS = 20_000;
  private static final long SEED = 20261124;
  private static final int[] NASTY = {0x00, 0x01, 0x7F, 0x80, 0xC3, 0xFE, 0xFF};

  @Test
  void mutatedEventsDecodeOrAreMalformed() {
    var ids =
        SchemaIdResolver.fixed(
            Map.of(1, QueryRequested.getClassSchema(), 2, QueryCompletion.getClassSchema()));
    Random random = new Random(SEED);
    for (Framing framing : Framing.values()) {
      byte[] request =
          EventEncoder.of(QueryRequested.class, framing, ids).encode(TestEvents.request());
      byte[] completion =
          EventEncoder.of(QueryCompletion.class, framing, ids).encode(TestEvents.completion());
      fuzz(new EventDecoder<>(QueryRequested.class, ids), request, framing, random);
      fuzz(new EventDecoder<>(QueryCompletion.class, ids), completion, framing, random);
    }
  }

  private static <T extends SpecificRecord> void fuzz(
      EventDecoder<T> decoder, byte[] valid, Framing framing, Random random) {
    int malformed = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = mutate(valid, framing, random);
      try {
        assertNotNull(decoder.decode(mutated));
      } catch (MalformedEventException e) {
        malformed++;
        assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
      }
    }
    assertTrue(malformed > MUTATIONS / 10, "only " + malformed + " mutations were malformed");
    assertTrue(malformed < MUTATIONS, "no mutation got past the header");
  }

  /** Mostly leaves the header alone, or nothing would reach the body. */
  private static byte[] mutate(byte[] valid, Framing framing, Random random) {
    int from = random.nextInt(10) == 0 ? 0 : framing.headerLength();
    byte[] bytes = valid.clone();
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      int at = from + random.nextInt(bytes.length - from);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) NASTY[random.nextInt(NASTY.length)];
        case 2 -> bytes = Arrays.copyOf(bytes, Math.max(at, from + 1));
        case 3 -> bytes = repeat(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(12)));
        default -> {
          byte[] noise = new byte[Math.min(1 + random.nextInt(10), bytes.length - at)];
          random.nextBytes(noise);
          System.arraycopy(noise, 0, bytes, at, noise.length);
        }
      }
    }
    return bytes;
  }

  private static byte[] repeat(byte[] bytes, int from, int to) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + to - from);
    System.arraycopy(bytes, from, longer, to, bytes.length - from);
    return longer;
  }
}
