package dev.heliograph.app.audit;

import dev.heliograph.audit.AuditFormatException;
import dev.heliograph.audit.RecordPlace;
import dev.heliograph.audit.SignedStatement;
import dev.heliograph.audit.StoredObjects;
import java.io.IOException;
import java.net.URI;

/**
 * Where a record should be, and where it and what it names are read from.
 *
 * @param queryId whose record it must be
 */
public record FoundRecord(String queryId, RecordPlace place, StoredObjects objects) {
  private static final int MAX_BYTES = 64 << 20;

  public URI uri() {
    return place.uri();
  }

  /**
   * What it says, and who signed that; nothing is verified.
   *
   * @throws IOException if it is not there, cannot be read, or is no record
   */
  public SignedStatement read() throws IOException {
    byte[] bytes =
        objects
            .read(uri(), MAX_BYTES)
            .orElseThrow(() -> new IOException(uri() + ": there is no record"));
    try {
      return SignedStatement.parse("record", bytes);
    } catch (AuditFormatException e) {
      throw new IOException(uri() + ": " + e.getMessage(), e);
    }
  }
}
