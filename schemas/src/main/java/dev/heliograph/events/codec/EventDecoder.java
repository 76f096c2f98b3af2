package dev.heliograph.events.codec;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads events of one type in either framing, whichever released schema wrote them, as the current
 * schema. Safe against hostile bytes: memory stays in proportion to the input, since Avro (from
 * 1.12.1) compares every declared length with what is left. Thread-safe.
 */
public final class EventDecoder<T extends SpecificRecord> {
  static {
    EventClasses.trust();
  }

  private final Schema current;
  private final SpecificData data;
  private final SchemaIdResolver ids;
  private final Map<Long, Schema> byFingerprint = new HashMap<>();
  private final Map<Schema, DatumReader<T>> readers = new ConcurrentHashMap<>();

  public EventDecoder(Class<T> type, SchemaIdResolver ids) {
    this.current = SpecificData.get().getSchema(type);
    this.data = SpecificData.getForClass(type);
    this.ids = ids;
    ReleasedSchemas.of(current).forEach(this::know);
    know(current);
  }

  private void know(Schema schema) {
    byFingerprint.put(SchemaNormalization.parsingFingerprint64(schema), schema);
  }

  /**
   * Reads an event that fills the array to its end.
   *
   * @throws MalformedEventException if these are not the bytes of such an event
   * @throws java.io.UncheckedIOException if the schema registry cannot be reached
   */
  public T decode(byte[] bytes) throws MalformedEventException {
    Framing framing = Framing.of(bytes);
    Schema written =
        framing == Framing.SINGLE_OBJECT
            ? byFingerprint(Framing.fingerprint(bytes))
            : byId(Framing.schemaId(bytes));
    if (!written.getFullName().equals(current.getFullName())) {
      throw new MalformedEventException(
          "the value is a " + written.getFullName() + ", not a " + current.getFullName());
    }
    return read(bytes, framing.headerLength(), written);
  }

  private Schema byFingerprint(long fingerprint) throws MalformedEventException {
    Schema schema = byFingerprint.get(fingerprint);
    if (schema == null) {
      throw new MalformedEventException(
          String.format(
              "schema fingerprint %016X is no released %s", fingerprint, current.getName()));
    }
    return schema;
  }

  private Schema byId(int id) throws MalformedEventException {
    Optional<Schema> schema = ids.schema(id);
    return schema.orElseThrow(() -> new MalformedEventException("schema id " + id + " is unknown"));
  }

  private T read(byte[] bytes, int start, Schema written) throws MalformedEventException {
    DatumReader<T> reader =
        readers.computeIfAbsent(written, w -> new SpecificDatumReader<>(w, current, data));
    BinaryDecoder decoder =
        DecoderFactory.get().binaryDecoder(bytes, start, bytes.length - start, null);
    T event;
    boolean atEnd;
    try {
      event = reader.read(null, decoder);
      atEnd = decoder.isEnd();
    } catch (IOException | RuntimeException e) {
      // Avro tells bad bytes by many types, from EOFException to IndexOutOfBoundsException.
      throw new MalformedEventException(
          "the value is not a readable " + current.getName() + ": " + oneLine(e), e);
    }
    if (!atEnd) {
      throw new MalformedEventException("bytes follow the end of the " + current.getName());
    }
    return event;
  }

  private static String oneLine(Exception e) {
    String message = String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}+", " ");
    return e.getClass().getSimpleName()
        + ": "
        + (message.length() <= 200 ? message : message.substring(0, 200) + "…");
  }
}
