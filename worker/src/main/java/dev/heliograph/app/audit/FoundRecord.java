package dev.heliograph.app.audit;

import dev.heliograph.audit.AuditFormatException;
import dev.heliograph.audit.DsseEnvelope;
import dev.heliograph.audit.Statement;
import dev.heliograph.audit.StoredObjects;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/**
 * Where a record should be, and where it and what it names are read from.
 *
 * @param queryId whose record it must be
 */
public record FoundRecord(String queryId, URI uri, StoredObjects objects) {
  private static final int MAX_BYTES = 64 << 20;

  /**
   * What it says; nothing is verified.
   *
   * @throws IOException if it is not there, cannot be read, or is no record
   */
  public Statement statement() throws IOException {
    try (InputStream in =
        objects.open(uri).orElseThrow(() -> new IOException(uri + ": there is no record"))) {
      DsseEnvelope envelope = DsseEnvelope.parse("record", in.readNBytes(MAX_BYTES));
      return Statement.parse("record", envelope.payload());
    } catch (AuditFormatException e) {
      throw new IOException(uri + ": " + e.getMessage(), e);
    }
  }
}
