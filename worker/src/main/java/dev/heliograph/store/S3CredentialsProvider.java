package dev.heliograph.store;

import io.minio.credentials.AwsConfigProvider;
import io.minio.credentials.AwsEnvironmentProvider;
import io.minio.credentials.Credentials;
import io.minio.credentials.Jwt;
import io.minio.credentials.Provider;
import io.minio.credentials.StaticProvider;
import io.minio.credentials.WebIdentityProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProviderException;
import java.util.List;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;

/**
 * Gives the SDK the keys that the configuration means. Asked before each request; only web identity
 * talks to a server, and only when its keys are about to expire. Keys that cannot be had make the
 * store unavailable: the pipeline tries again.
 */
final class S3CredentialsProvider implements Provider {
  private static final String SESSION = "heliograph";

  private final Provider provider;

  private S3CredentialsProvider(Provider provider) {
    this.provider = provider;
  }

  /**
   * @param http how the store is talked to; the token service is talked to likewise
   */
  static Provider of(S3Credentials credentials, OkHttpClient http) {
    if (credentials instanceof S3Credentials.Static keys) {
      return new StaticProvider(keys.accessKey(), keys.secretKey(), null);
    }
    if (credentials instanceof S3Credentials.Environment) {
      return new S3CredentialsProvider(new AwsEnvironmentProvider());
    }
    if (credentials instanceof S3Credentials.SharedFile shared) {
      String file = shared.file().map(Path::toString).orElse(null);
      return new S3CredentialsProvider(new AwsConfigProvider(file, shared.profile()));
    }
    if (credentials instanceof S3Credentials.WebIdentity identity) {
      return new S3CredentialsProvider(webIdentity(identity, http));
    }
    throw new AssertionError(credentials);
  }

  private static Provider webIdentity(S3Credentials.WebIdentity identity, OkHttpClient http) {
    OkHttpClient.Builder client =
        http.newBuilder()
            .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS, ConnectionSpec.CLEARTEXT));
    client.interceptors().clear(); // they read S3's errors
    return new WebIdentityProvider(
        () -> new Jwt(token(identity.tokenFile()), 0),
        identity.service().toString(),
        null,
        null,
        identity.roleArn().orElse(null),
        identity.roleArn().isPresent() ? SESSION : null,
        client.build());
  }

  private static String token(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(new IOException("no identity token: " + e, e));
    }
  }

  @Override
  public Credentials fetch() {
    try {
      return provider.fetch();
    } catch (ProviderException | UncheckedIOException e) {
      // The SDK's own way to say that an exchange failed.
      throw new IllegalStateException(new NoCredentialsException(e.getMessage() + reason(e)));
    }
  }

  private static String reason(RuntimeException e) {
    return e.getCause() == null ? "" : " (" + e.getCause() + ")";
  }

  /** There are no keys to sign a request with, for now. */
  static final class NoCredentialsException extends IOException {
    private static final long serialVersionUID = 1L;

    NoCredentialsException(String message) {
      super(message);
    }
  }
}
