package dev.heliograph.events.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** Writes events of one type in one framing. Thread-safe. */
public final class EventEncoder<T extends SpecificRecord> {
  static {
    EventClasses.trust();
  }

  private final byte[] header;
  private final DatumWriter<T> writer;

  private EventEncoder(byte[] header, DatumWriter<T> writer) {
    this.header = header;
    this.writer = writer;
  }

  /**
   * An encoder for the current schema of an event.
   *
   * @param ids asked here, once, if the framing is CONFLUENT; otherwise unused
   * @throws IllegalArgumentException if the schema has no id and cannot get one
   * @throws UncheckedIOException if the registry cannot be reached
   */
  public static <T extends SpecificRecord> EventEncoder<T> of(
      Class<T> type, Framing framing, SchemaIdResolver ids) {
    Schema schema = SpecificData.get().getSchema(type);
    byte[] header =
        framing == Framing.CONFLUENT
            ? Framing.confluentHeader(ids.id(schema))
            : Framing.singleObjectHeader(SchemaNormalization.parsingFingerprint64(schema));
    return new EventEncoder<>(
        header, new SpecificDatumWriter<>(schema, SpecificData.getForClass(type)));
  }

  /**
   * @throws RuntimeException if a field without a default is not set: a bug of the caller
   */
  public byte[] encode(T event) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(header);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      writer.write(event, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array does not fail", e);
    }
    return bytes.toByteArray();
  }
}
