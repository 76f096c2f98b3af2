package dev.heliograph.audit;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

/**
 * What the log holds of a record: its digest, never its content. A record can thus be deleted when
 * its retention ends, or by right, and the log still stands and still shows that it existed.
 *
 * @param uri where the record is stored
 * @param sha256 of the record's bytes (the whole envelope), lower-case hex: its identity in the log
 */
public record LogEntry(String queryId, URI uri, String sha256) {
  /** An entry bundle's length prefix has 16 bits. */
  static final int MAX_BYTES = 65_535;

  private static final int MAX_URI = 4_096;

  public LogEntry {
    if (!Digests.isHex(sha256)) {
      throw new IllegalArgumentException("sha256: is not 64 lower-case hex digits");
    }
    if (queryId.length() > 128 || uri.toString().length() > MAX_URI) {
      throw new IllegalArgumentException(
          "log entry: queryId is over 128 or uri over " + MAX_URI + " characters");
    }
  }

  /** The entry of a record as it is stored. */
  public static LogEntry of(String queryId, URI uri, byte[] envelope) {
    return new LogEntry(queryId, uri, Digests.hex(envelope));
  }

  /** Canonical JSON: the leaf of the tree. */
  byte[] toBytes() {
    return CanonicalJson.write(Map.of("queryId", queryId, "sha256", sha256, "uri", uri.toString()));
  }

  static LogEntry parse(String name, byte[] bytes) {
    StrictJson json = StrictJson.parse(name, bytes);
    try {
      return new LogEntry(json.text("queryId"), new URI(json.text("uri")), json.text("sha256"));
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new AuditFormatException(name + ": " + e.getMessage(), e);
    }
  }
}
