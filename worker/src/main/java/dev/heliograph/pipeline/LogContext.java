package dev.heliograph.pipeline;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * What log lines say of whose work they tell: the context of the thread that submitted the query,
 * and the query's id. A query's steps run on many threads; each takes this with it. Immutable.
 */
final class LogContext {
  /** Under which the query's id is found. */
  static final String QUERY_ID = "queryId";

  private final Map<String, String> entries;

  private LogContext(Map<String, String> entries) {
    this.entries = entries;
  }

  /** Of the current thread. */
  static LogContext current() {
    Map<String, String> current = MDC.getCopyOfContextMap();
    return new LogContext(current == null ? Map.of() : Map.copyOf(current));
  }

  /** The same, for work of this query. */
  LogContext with(String queryId) {
    Map<String, String> more = new HashMap<>(entries);
    more.put(QUERY_ID, queryId);
    return new LogContext(more);
  }

  /** See {@link #call}. */
  void run(Runnable work) {
    call(
        () -> {
          work.run();
          return true;
        });
  }

  /** Does the work in this context, and leaves the thread's own as it was. */
  <T> T call(Supplier<T> work) {
    Map<String, String> before = MDC.getCopyOfContextMap();
    MDC.setContextMap(entries);
    try {
      return work.get();
    } finally {
      if (before == null) {
        MDC.clear();
      } else {
        MDC.setContextMap(before);
      }
    }
  }
}
