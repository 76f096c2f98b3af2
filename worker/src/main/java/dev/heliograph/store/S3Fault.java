package dev.heliograph.store;

import dev.heliograph.query.Text;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.InvalidResponseException;
import io.minio.errors.ServerException;
import io.minio.errors.XmlParserException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * What an exception from the SDK means. Its blocking client throws {@code MinioException} for what
 * the server said, and {@code IllegalStateException} around the {@code IOException} if the server
 * said nothing, or around a {@code CertificateException}: callers catch both.
 *
 * @param detail one line, without addresses of objects
 */
record S3Fault(Kind kind, String detail) {
  enum Kind {
    NO_SUCH_OBJECT,
    NO_SUCH_BUCKET,
    ACCESS_DENIED,
    /** Any other refusal that will come again: keys, region, certificate, not an S3 store. */
    MISCONFIGURED,
    /** Refused, timed out, cut, overloaded: may work later. */
    UNAVAILABLE
  }

  /** Codes that come with a status in the 400s and pass by themselves. */
  private static final Set<String> PASSING =
      Set.of("RequestTimeout", "SlowDown", "OperationAborted", "Throttling", "ThrottlingException");

  /** Rethrows a runtime exception that has nothing to do with the exchange: a bug. */
  static S3Fault of(Exception thrown) {
    boolean ofTheExchange =
        find(thrown, IOException.class) != null || find(thrown, CertificateException.class) != null;
    if (thrown instanceof RuntimeException bug && !ofTheExchange) {
      throw bug;
    }
    ErrorResponseException refusal = find(thrown, ErrorResponseException.class);
    if (refusal != null) {
      return ofRefusal(refusal);
    }
    boolean otherWorld =
        find(thrown, InvalidResponseException.class) != null
            || find(thrown, XmlParserException.class) != null
            || find(thrown, ServerException.class) != null;
    if (otherWorld) {
      return new S3Fault(Kind.MISCONFIGURED, "the reply is not S3's: " + line(thrown));
    }
    Throwable untrusted = find(thrown, CertificateException.class);
    untrusted = untrusted == null ? find(thrown, SSLPeerUnverifiedException.class) : untrusted;
    if (untrusted != null) {
      return new S3Fault(Kind.MISCONFIGURED, "its certificate is not trusted: " + line(untrusted));
    }
    return new S3Fault(Kind.UNAVAILABLE, line(root(thrown)));
  }

  private static S3Fault ofRefusal(ErrorResponseException refusal) {
    String code = refusal.errorResponse().code();
    String detail =
        code
            + " (HTTP "
            + refusal.response().code()
            + "): "
            + Text.shorten(String.valueOf(refusal.errorResponse().message()));
    if ("NoSuchKey".equals(code)) {
      return new S3Fault(Kind.NO_SUCH_OBJECT, detail);
    }
    if ("NoSuchBucket".equals(code)) {
      return new S3Fault(Kind.NO_SUCH_BUCKET, detail);
    }
    if ("AccessDenied".equals(code)) {
      return new S3Fault(Kind.ACCESS_DENIED, detail);
    }
    return new S3Fault(
        code != null && PASSING.contains(code) ? Kind.UNAVAILABLE : Kind.MISCONFIGURED, detail);
  }

  private static <T extends Throwable> @Nullable T find(Throwable thrown, Class<T> type) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
    }
    return null;
  }

  private static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String line(Throwable thrown) {
    return thrown.getClass().getSimpleName()
        + ": "
        + Text.shorten(String.valueOf(thrown.getMessage()));
  }
}
