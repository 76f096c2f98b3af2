package dev.heliograph.query;

/**
 * Why a query, or a part of it, failed. The names travel in events and metrics: entries are added,
 * never renamed or removed.
 */
public enum FailureCode {
  /** Undecodable bytes, or no usable query id: there is nobody to answer. */
  MALFORMED_EVENT(Kind.PERMANENT),
  /** A field is out of its range; the message names the field, the value and the limit. */
  INVALID_QUERY(Kind.PERMANENT),
  /** No such gallery, or no such version of it. */
  GALLERY_UNKNOWN(Kind.PERMANENT),
  /** No such object. */
  REFERENCE_NOT_FOUND(Kind.PERMANENT),
  /** A scheme, bucket or path that configuration does not allow. */
  REFERENCE_FORBIDDEN(Kind.PERMANENT),
  /** Not an image, truncated, or its sha256 differs from the stated one. */
  REFERENCE_UNREADABLE(Kind.PERMANENT),
  /** Over the byte or the pixel limit; the latter is checked from the header, before decoding. */
  REFERENCE_TOO_LARGE(Kind.PERMANENT),
  /** The object store, or the galleries' disk, is away: no connection, no answer, overload. */
  STORE_UNAVAILABLE(Kind.OUTAGE),
  /** The object store answers, and does not take or give the object: waiting will not help. */
  STORE_REFUSED(Kind.TRANSIENT),
  /** The device had no memory left, even for a batch of one. */
  DEVICE_OUT_OF_MEMORY(Kind.TRANSIENT),
  /** The deadline passed before the work began, or between two stages: the outcome is EXPIRED. */
  DEADLINE_EXCEEDED(Kind.PERMANENT),
  /** The sender gave the query up before its answer was published: the outcome is CANCELLED. */
  CANCELLED(Kind.PERMANENT),
  /** A result's file is missing: its result stands, without a map. */
  CANDIDATE_NOT_FOUND(Kind.WARNING),
  /** A result's file cannot be decoded: its result stands, without a map. */
  CANDIDATE_UNREADABLE(Kind.WARNING),
  /** Anything else: a bug. */
  INTERNAL(Kind.TRANSIENT);

  /** What is done about a failure. */
  public enum Kind {
    /** Never retried. */
    PERMANENT,
    /** The query's own trouble, which may pass: retried a few times, then final. */
    TRANSIENT,
    /** Something that every query needs is away: waited out for a time, then final. */
    OUTAGE,
    /** Reported beside a completed answer. */
    WARNING
  }

  private final Kind kind;

  FailureCode(Kind kind) {
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /**
   * Whether another try may end better, as after {@link Kind#TRANSIENT} and {@link Kind#OUTAGE}.
   */
  public boolean isTransient() {
    return kind == Kind.TRANSIENT || kind == Kind.OUTAGE;
  }
}
