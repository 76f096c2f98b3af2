package dev.heliograph.messaging;

import dev.heliograph.events.QueryRequested;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as its topic holds it. The arrays are handed over: nobody writes to them
 * afterwards.
 *
 * @param partition of the dead-letter topic
 * @param offset in that partition
 * @param deadSince when it was published
 * @param headers in order, the original's first
 * @param query the value decoded, if it can be
 */
public record DeadLetter(
    int partition,
    long offset,
    Instant deadSince,
    List<Header> headers,
    byte @Nullable [] key,
    byte @Nullable [] value,
    Optional<QueryRequested> query) {

  public DeadLetter {
    headers = List.copyOf(headers);
  }

  /**
   * Where the original record was, for example {@code cir.query.v1-0@42}; empty text if unknown.
   */
  public String origin() {
    return originalTopic()
        .map(
            name ->
                name
                    + "-"
                    + header(DeadLetterHeaders.ORIGINAL_PARTITION).orElse("?")
                    + "@"
                    + header(DeadLetterHeaders.ORIGINAL_OFFSET).orElse("?"))
        .orElse("");
  }

  /** Where the record was consumed from, or empty if nobody says. */
  public Optional<String> originalTopic() {
    return header(DeadLetterHeaders.ORIGINAL_TOPIC);
  }

  /** The query's id; the key as text if the value cannot be decoded. */
  public String queryId() {
    return query.map(QueryRequested::getQueryId).orElseGet(this::keyText);
  }

  /** How often the record was redriven before it came here. */
  public int redrives() {
    return DeadLetterHeaders.redrives(header(DeadLetterHeaders.REDRIVES));
  }

  /** Name of a {@link dev.heliograph.query.FailureCode}, or empty if another tool wrote it. */
  public Optional<String> code() {
    return header(DeadLetterHeaders.FAILURE_CODE);
  }

  /** The exception's message, or empty text. */
  public String message() {
    return header(DeadLetterHeaders.EXCEPTION_MESSAGE).orElse("");
  }

  /** Name of the worker that gave up, or empty if another tool wrote it. */
  public Optional<String> worker() {
    return header(DeadLetterHeaders.WORKER);
  }

  /** The key as text, or its hex digits if it is none; empty text if there is no key. */
  public String keyText() {
    return key == null ? "" : Bytes.text(key);
  }

  /** The value's hex digits; empty text if there is no value. */
  public String valueHex() {
    return value == null ? "" : Bytes.hex(value);
  }

  /** The value of the last header with this name: text, or a number where Spring has one. */
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equals(name))
        .reduce((first, second) -> second)
        .map(Header::text);
  }

  /**
   * @param text the value made readable: text, a number where Spring has one, or hex digits
   * @param value the bytes
   */
  public record Header(String name, String text, byte @Nullable [] value) {}
}
