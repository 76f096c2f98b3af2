package dev.heliograph.pipeline;

import dev.heliograph.query.Answer;
import dev.heliograph.query.Query;

/** Writes {@code results.json}. Thread-safe; the bytes depend on the query's results alone. */
public interface ResultDocumentWriter {
  EncodedObject write(Query query, Answer answer);
}
