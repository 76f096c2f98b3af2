package dev.heliograph.store;

import io.minio.PutObjectArgs;
import io.minio.messages.Retention;
import io.minio.messages.RetentionMode;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * How objects are protected from being changed or deleted once they are written (S3 Object Lock).
 * The bucket must have been made with object lock, as {@code bucket create} does it.
 *
 * @param period how long; empty: as the bucket itself says, if it does
 * @param legalHold until someone with the right to lifts it
 */
public record WriteOnce(Optional<Period> period, boolean legalHold) {
  /** Nothing is asked of the store. */
  public static final WriteOnce NONE = new WriteOnce(Optional.empty(), false);

  /** Who may shorten a retention. */
  public enum Mode {
    /** Those with the right to bypass it. */
    GOVERNANCE,
    /** Nobody, not even the account's owner. */
    COMPLIANCE
  }

  /**
   * @param duration whole days, at least one
   */
  public record Period(Mode mode, Duration duration) {
    public Period {
      if (duration.toDays() < 1 || !duration.equals(Duration.ofDays(duration.toDays()))) {
        throw new IllegalArgumentException("retention: " + duration + " is not whole days");
      }
    }

    /**
     * Reads {@code P365D}, or {@code governance P365D} or {@code compliance P365D}.
     *
     * @param mode where the text names none
     */
    public static Period parse(String text, Mode mode) {
      String[] words = text.strip().split("\\s+", -1);
      try {
        Mode stated = words.length == 2 ? Mode.valueOf(words[0].toUpperCase(Locale.ROOT)) : mode;
        return new Period(stated, Duration.parse(words[words.length - 1]));
      } catch (RuntimeException e) {
        throw new IllegalArgumentException(
            "retention: \"" + text + "\" is not [governance|compliance] and whole days as P365D",
            e);
      }
    }

    RetentionMode storeMode() {
      return RetentionMode.valueOf(mode.name());
    }
  }

  /** Whether the store is asked for anything. */
  public boolean isWanted() {
    return period.isPresent() || legalHold;
  }

  void apply(PutObjectArgs.Builder args) {
    apply(args, Clock.systemUTC());
  }

  private void apply(PutObjectArgs.Builder args, Clock clock) {
    period.ifPresent(
        wanted ->
            args.retention(
                new Retention(
                    wanted.storeMode(),
                    ZonedDateTime.now(clock.withZone(ZoneOffset.UTC))
                        .plus(wanted.duration())
                        .truncatedTo(ChronoUnit.SECONDS))));
    if (legalHold) {
      args.legalHold(true);
    }
  }
}
