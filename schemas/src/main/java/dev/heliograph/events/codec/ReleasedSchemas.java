package dev.heliograph.events.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Every schema of an event that was ever released, oldest first: {@code released/<Event>-<n>.avsc}
 * beside the event's class, numbered from 1 without gaps. Releasing a schema is copying its {@code
 * .avsc} there; a released file never changes.
 */
final class ReleasedSchemas {
  private ReleasedSchemas() {}

  static List<Schema> of(Schema current) {
    List<Schema> released = new ArrayList<>();
    while (true) {
      String name = "released/" + current.getName() + "-" + (released.size() + 1) + ".avsc";
      String path = "/" + current.getNamespace().replace('.', '/') + "/" + name;
      try (InputStream file = ReleasedSchemas.class.getResourceAsStream(path)) {
        if (file == null) {
          return List.copyOf(released);
        }
        released.add(new Schema.Parser().parse(file));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + path, e);
      }
    }
  }
}
