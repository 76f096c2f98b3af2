package dev.heliograph.store;

/**
 * The object store answers, but refuses to work with the configuration that it was given: no such
 * bucket, unknown access key, wrong region, access denied. Waiting does not help, a person does. In
 * {@link S3ObjectStore#put} it is the cause of the STORE_REFUSED failure.
 */
public final class StoreMisconfiguredException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoreMisconfiguredException(String message, Throwable cause) {
    super(message, cause);
  }
}
