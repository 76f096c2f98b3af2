package dev.heliograph.audit;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.QueryFailedException;
import java.util.Optional;

/** Where records are kept, beside the artifacts they name. Thread-safe. */
public interface RecordStore {
  /**
   * Stores a record unless there is an object, which then stays as it is. A store that knows no
   * such condition overwrites.
   *
   * @param key without a leading slash
   * @return where it is; empty if another object is there
   * @throws QueryFailedException with STORE_UNAVAILABLE or STORE_REFUSED, transient
   */
  Optional<Artifact> putIfAbsent(String key, EncodedObject record);

  /**
   * What is there.
   *
   * @throws QueryFailedException with STORE_UNAVAILABLE or STORE_REFUSED, transient, also if there
   *     is nothing, which can only have gone meanwhile, or more than a record can have
   */
  Kept get(String key);

  /**
   * An object that is there.
   *
   * @param bytes all of it; not to be written to
   */
  record Kept(Artifact artifact, byte[] bytes) {
    @Override
    public String toString() {
      return artifact.toString();
    }
  }
}
