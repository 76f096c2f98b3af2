package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryBundleTest {
  @Test
  void readsWhatItWrites() {
    byte[] bundle = EntryBundle.write(List.of(new byte[0], new byte[] {1, 2}));

    List<byte[]> entries = EntryBundle.parse("bundle", bundle, 2);

    assertEquals(2, entries.size());
    assertEquals(2, entries.get(1)[1]);
  }

  /** Two zero bytes are an entry: a staged file of 256 MB could claim 128 million. */
  @Test
  void refusesMoreEntriesThanThereMayBe() {
    byte[] bundle = EntryBundle.write(Collections.nCopies(3, new byte[0]));

    AuditFormatException e =
        assertThrows(AuditFormatException.class, () -> EntryBundle.parse("bundle", bundle, 2));

    assertEquals("bundle: has more than 2 entries", e.getMessage());
  }
}
