package dev.heliograph.audit;

import java.io.IOException;

/**
 * Another sealer writes to the same log at the same time. Nothing is lost and nothing forked, but
 * one of the two must go: this one stops.
 */
public final class SealerConflictException extends IOException {
  private static final long serialVersionUID = 1L;

  SealerConflictException(String message) {
    super(message);
  }
}
