package dev.heliograph.audit;

import dev.heliograph.query.Text;

/**
 * One thing that was looked at.
 *
 * @param object what it concerns: a file, a key, a log entry
 * @param detail one line: what was found
 */
public record Check(Kind kind, String object, Verdict verdict, String detail) {
  /** What is told of may be hostile: it must not add lines to a report, nor steer a terminal. */
  public Check {
    object = Text.oneLine(object);
    detail = Text.oneLine(detail);
  }

  /** What was asked of the object. */
  public enum Kind {
    /** The record can be read and is of the query that was asked for. */
    RECORD,
    /** A trusted key, valid at the time, signed the record. */
    SIGNATURE,
    /** A stored object has the digest that the record states. */
    OBJECT,
    /** The record is in the log, under a signed checkpoint. */
    INCLUSION,
    /** A later checkpoint continues an earlier one. */
    CONSISTENCY,
    /** A tile, bundle or checkpoint of the log. */
    LOG
  }

  @Override
  public String toString() {
    return verdict + " " + kind + " " + object + ": " + detail;
  }
}
