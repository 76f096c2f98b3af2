package dev.heliograph.audit;

import dev.heliograph.query.Text;
import java.net.URI;
import java.util.List;

/**
 * Where a record was found, and what that tells of its address in the object store: all of it in
 * the store itself, the end of it in files that were downloaded.
 *
 * @param uri where it was found
 * @param known the end of the address's key, as segments; as far as that is known
 * @param inStore whether {@code uri} is the address
 */
public record RecordPlace(URI uri, List<String> known, boolean inStore) {
  public RecordPlace {
    known = List.copyOf(known);
    if (known.isEmpty()) {
      throw new IllegalArgumentException(uri + ": is no record's place");
    }
  }

  /** In the store. */
  public static RecordPlace stored(URI address) {
    return new RecordPlace(address, key(address), true);
  }

  /**
   * Among downloaded files.
   *
   * @param known the file's path below a folder that corresponds to the bucket, or to a part of it;
   *     of a query's own folder, whatever that is called, the file's name alone
   */
  public static RecordPlace downloaded(URI file, List<String> known) {
    return new RecordPlace(file, known, false);
  }

  /** Whether the record with this address may be what belongs here, for all that is known. */
  public boolean mayBe(URI address) {
    if (inStore) {
      return uri.equals(address);
    }
    List<String> key = key(address);
    int compared = Math.min(key.size(), known.size());
    return key.subList(key.size() - compared, key.size())
        .equals(known.subList(known.size() - compared, known.size()));
  }

  /** The file's, for messages. */
  public String name() {
    return Text.shorten(known.get(known.size() - 1));
  }

  private static List<String> key(URI address) {
    String path = address.getPath() == null ? "" : address.getPath();
    return List.of((path.startsWith("/") ? path.substring(1) : path).split("/", -1));
  }
}
