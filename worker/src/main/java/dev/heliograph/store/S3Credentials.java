package dev.heliograph.store;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Who a worker is to the object store, and where its keys come from. Never prints a secret. */
public sealed interface S3Credentials {

  /**
   * Keys that do not change.
   *
   * @param accessKey the worker's identity
   * @param secretKey never printed
   */
  record Static(String accessKey, String secretKey) implements S3Credentials {
    public Static {
      requireKey(accessKey, "access key");
      requireKey(secretKey, "secret key");
    }

    /** Without the keys. */
    @Override
    public String toString() {
      return "static";
    }

    private static void requireKey(String key, String name) {
      if (key.isBlank() || key.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "store " + name + ": \"(not shown)\" is not printable and not blank");
      }
    }
  }

  /** {@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY} and {@code AWS_SESSION_TOKEN}. */
  record Environment() implements S3Credentials {}

  /**
   * One profile of an AWS shared credentials file, read again for every request, so that keys can
   * be rotated under a running worker.
   *
   * @param file empty for {@code AWS_SHARED_CREDENTIALS_FILE}, else {@code ~/.aws/credentials}
   */
  record SharedFile(Optional<Path> file, String profile) implements S3Credentials {
    public SharedFile {
      if (profile.isBlank()) {
        throw new IllegalArgumentException("store profile: is empty");
      }
    }
  }

  /**
   * Keys that a security token service lends for an identity token, as Kubernetes mounts one into a
   * pod. They are fetched anew before they expire, with the token that the file holds by then.
   *
   * @param tokenFile holds a JWT
   * @param roleArn the role to assume; empty where the service knows one by the token
   * @param service {@code AssumeRoleWithWebIdentity} is asked for here, for example MinIO's own
   *     endpoint or {@code https://sts.eu-central-1.amazonaws.com}
   */
  record WebIdentity(Path tokenFile, Optional<String> roleArn, URI service)
      implements S3Credentials {
    public WebIdentity {
      if (!("http".equals(service.getScheme()) || "https".equals(service.getScheme()))
          || service.getHost() == null
          || service.getRawUserInfo() != null) {
        throw new IllegalArgumentException(
            "store token service: \""
                + S3Config.withoutUser(service.toString())
                + "\" is not http(s)://host");
      }
    }
  }
}
