package dev.heliograph.events.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;

class EventCodecTest {
  private final SchemaIdResolver ids =
      SchemaIdResolver.fixed(
          Map.of(7, QueryRequested.getClassSchema(), 258, QueryCompletion.getClassSchema()));
  private final EventDecoder<QueryRequested> requests =
      new EventDecoder<>(QueryRequested.class, ids);
  private final EventDecoder<QueryCompletion> completions =
      new EventDecoder<>(QueryCompletion.class, ids);

  @Test
  void readsBackWhatItWritesInBothFramings() throws MalformedEventException {
    for (Framing framing : Framing.values()) {
      var request = EventEncoder.of(QueryRequested.class, framing, ids);
      var completion = EventEncoder.of(QueryCompletion.class, framing, ids);
      assertEquals(TestEvents.request(), requests.decode(request.encode(TestEvents.request())));
      assertEquals(
          TestEvents.inlineRequest(), requests.decode(request.encode(TestEvents.inlineRequest())));
      assertEquals(
          TestEvents.completion(), completions.decode(completion.encode(TestEvents.completion())));
    }
  }

  @Test
  void writesSingleObjectEncodingAsAvroDoes() throws Exception {
    byte[] ours = singleObject();
    var theirs =
        new BinaryMessageEncoder<QueryRequested>(
            SpecificData.getForClass(QueryRequested.class), QueryRequested.getClassSchema());
    var buffer = theirs.encode(TestEvents.request());
    byte[] expected = new byte[buffer.remaining()];
    buffer.get(expected);
    // The order of a map's entries is free, but both iterate over the same map.
    assertArrayEquals(expected, ours);
  }

  @Test
  void writesTheConfluentHeaderBigEndian() {
    byte[] bytes =
        EventEncoder.of(QueryCompletion.class, Framing.CONFLUENT, ids)
            .encode(TestEvents.completion());
    assertArrayEquals(new byte[] {0, 0, 0, 1, 2}, Arrays.copyOf(bytes, 5));
  }

  @Test
  void saysWhatIsWrongWithMalformedBytes() {
    assertMalformed("empty", new byte[0]);
    assertMalformed("first byte 7B", "{\"queryId\":\"q\"}".getBytes());
    assertMalformed("too few", Arrays.copyOf(singleObject(), 9));
    assertMalformed("too few", new byte[] {0, 0, 0});
    assertMalformed("version 02", with(singleObject(), 1, 2));
    assertMalformed("fingerprint", with(singleObject(), 4, singleObject()[4] ^ 1));
    assertMalformed("schema id 9 is unknown", new byte[] {0, 0, 0, 0, 9});
    assertMalformed("follow the end", Arrays.copyOf(singleObject(), singleObject().length + 1));
  }

  @Test
  void rejectsEveryTruncation() {
    byte[] whole = singleObject();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(MalformedEventException.class, () -> requests.decode(cut), "length " + length);
    }
  }

  @Test
  void rejectsAnotherEventInEitherFraming() {
    byte[] single =
        EventEncoder.of(QueryCompletion.class, Framing.SINGLE_OBJECT, ids)
            .encode(TestEvents.completion());
    assertMalformed("no released QueryRequested", single);
    assertMalformed("is a dev.heliograph.events.QueryCompletion", new byte[] {0, 0, 0, 1, 2});
  }

  @Test
  void declaredLengthsBeyondTheInputAllocateNothing() {
    byte[] header = Arrays.copyOf(singleObject(), 10);
    // queryId of 2^31 - 16 bytes, then of 2^62; a caption array of 2^31 - 16 elements
    byte[] long31 = {(byte) 0xE0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F};
    byte[] long62 = {-128, -128, -128, -128, -128, -128, -128, -128, -128, 1};
    byte[] captions = {2, 'q', 2, 'g', 0, 2, 'u', 0, (byte) 0xE0, -1, -1, -1, 0x0F, 2, 'c'};
    for (byte[] body : new byte[][] {long31, long62, captions}) {
      assertMalformed("not a readable QueryRequested", concat(header, body));
    }
  }

  @Test
  void anUnreachableRegistryIsNotAMalformedEvent() {
    var decoder =
        new EventDecoder<>(
            QueryRequested.class,
            new SchemaIdResolver() {
              @Override
              public Optional<Schema> schema(int id) {
                throw new UncheckedIOException(new java.io.IOException("connection refused"));
              }

              @Override
              public int id(Schema schema) {
                throw new IllegalArgumentException();
              }
            });
    assertThrows(
        UncheckedIOException.class, () -> decoder.decode(new byte[] {0, 0, 0, 0, 7, 1, 2, 3}));
  }

  private void assertMalformed(String expected, byte[] bytes) {
    var e = assertThrows(MalformedEventException.class, () -> requests.decode(bytes));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
    assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
  }

  private byte[] singleObject() {
    return EventEncoder.of(QueryRequested.class, Framing.SINGLE_OBJECT, ids)
        .encode(TestEvents.request());
  }

  private static byte[] with(byte[] bytes, int index, int value) {
    bytes[index] = (byte) value;
    return bytes;
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
