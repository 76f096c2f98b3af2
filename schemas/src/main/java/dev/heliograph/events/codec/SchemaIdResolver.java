package dev.heliograph.events.codec;

import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Which schema an id of the Confluent wire format means: a schema registry, seen from here.
 * Implementations are thread-safe and remember what they learnt, since they are asked for every
 * event. A registry that cannot be reached is an {@link java.io.UncheckedIOException}: the event
 * may be readable later.
 */
public interface SchemaIdResolver {

  /** The schema with this id, or empty if the registry has none. */
  Optional<Schema> schema(int id);

  /**
   * The id under which consumers find this schema; registers it where that is allowed.
   *
   * @throws IllegalArgumentException if it has none and cannot get one
   */
  int id(Schema schema);

  /** No registry: no id is known, so the Confluent wire format can be neither read nor written. */
  static SchemaIdResolver none() {
    return fixed(Map.of());
  }

  /** Ids agreed beforehand. */
  static SchemaIdResolver fixed(Map<Integer, Schema> schemas) {
    Map<Integer, Schema> known = Map.copyOf(schemas);
    return new SchemaIdResolver() {
      @Override
      public Optional<Schema> schema(int id) {
        return Optional.ofNullable(known.get(id));
      }

      @Override
      public int id(Schema schema) {
        return known.entrySet().stream()
            .filter(entry -> entry.getValue().equals(schema))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("no schema id for " + schema.getFullName()));
      }
    };
  }
}
