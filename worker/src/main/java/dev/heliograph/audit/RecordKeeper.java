package dev.heliograph.audit;

import dev.heliograph.pipeline.ArtifactKeys;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryHeader;
import java.util.Arrays;
import java.util.Optional;

/**
 * Keeps each ending of a query recorded once. A redelivered query that ends as before finds its
 * record and leaves it; one that ends otherwise (a failure, redriven) gets a record of its own
 * beside it, under the next number. Thread-safe; retries nothing.
 */
public final class RecordKeeper {
  private final RecordStore store;
  private final ExplanationRecorder recorder;

  public RecordKeeper(RecordStore store, ExplanationRecorder recorder) {
    this.store = store;
    this.recorder = recorder;
  }

  /**
   * @param query empty if it could not be understood beyond its header
   * @param record as the recorder made it
   * @return the record that is kept: this one, or the earlier one that says the same
   * @throws QueryFailedException with STORE_UNAVAILABLE or STORE_REFUSED, transient
   */
  public RecordStore.Kept keep(Optional<Query> query, QueryHeader header, EncodedObject record) {
    for (int number = 1; number <= RecordNames.MAX; number++) {
      String key = ArtifactKeys.attestation(query, header, number);
      Optional<RecordStore.Kept> stored =
          store
              .putIfAbsent(key, record)
              .map(artifact -> new RecordStore.Kept(artifact, record.bytes()));
      if (stored.isPresent()) {
        return stored.get();
      }
      RecordStore.Kept kept = store.get(key);
      if (Arrays.equals(kept.bytes(), record.bytes()) || recorder.says(kept.bytes(), record)) {
        return kept;
      }
    }
    throw new QueryFailedException(
        FailureCode.STORE_REFUSED,
        "record: "
            + ArtifactKeys.attestation(query, header, 1)
            + " and the "
            + (RecordNames.MAX - 1)
            + " names after it are taken by other objects");
  }
}
