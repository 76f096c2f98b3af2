package dev.heliograph.pipeline;

import dev.heliograph.query.Artifact;
import dev.heliograph.query.QueryFailedException;

/** Where artifacts go. Thread-safe; putting twice keeps the last. */
public interface ObjectStore extends AutoCloseable {
  /**
   * Stores an object with its media type and sha256. When this returns, readers find it, and the
   * object's array is not read any more.
   *
   * @param key without a leading slash
   * @throws QueryFailedException with STORE_UNAVAILABLE or STORE_REFUSED, transient
   */
  Artifact put(String key, EncodedObject object);

  @Override
  void close();
}
