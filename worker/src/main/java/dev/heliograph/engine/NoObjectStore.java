package dev.heliograph.engine;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ObjectStore;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;

/** Stands where no place for artifacts was configured: queries may only ask for none. */
final class NoObjectStore implements ObjectStore {
  @Override
  public Artifact put(String key, EncodedObject object) {
    throw new QueryFailedException(
        FailureCode.INVALID_QUERY,
        "artifacts: are wanted, but no place for them is configured (saveTo or store)");
  }

  @Override
  public void close() {}
}
