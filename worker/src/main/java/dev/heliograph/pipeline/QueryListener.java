package dev.heliograph.pipeline;

import dev.heliograph.query.Query;
import dev.heliograph.query.RankedImage;
import java.util.List;

/**
 * Is told how far a query is, on the pipeline's threads, in this order and at most once each; must
 * neither block nor throw. Nothing is told of a query that was cancelled or dropped, from then on.
 */
public interface QueryListener {
  /** Hears nothing. */
  QueryListener NONE = new QueryListener() {};

  /** Its reference is being read. */
  default void started(Query query) {}

  /** Its results are known, without their explanations. */
  default void ranked(Query query, List<RankedImage> ranking) {}
}
