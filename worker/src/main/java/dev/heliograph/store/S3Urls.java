package dev.heliograph.store;

import dev.heliograph.query.Artifact;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.errors.MinioException;
import java.net.URI;
import java.util.Optional;

/** The addresses of what is stored in the artifacts' bucket. */
record S3Urls(S3Connection connection) {
  URI uri(String key) {
    return URI.create("s3://" + connection.config().bucket() + "/" + key);
  }

  Artifact artifact(String key, DigestedObject digested) throws MinioException {
    return digested.at(uri(key), url(key));
  }

  private URI url(String key) throws MinioException {
    S3Config config = connection.config();
    Optional<URI> base = config.publicBaseUrl();
    if (base.isPresent()) {
      return URI.create(base.get().toString().replaceFirst("/$", "") + "/" + key);
    }
    // Computed here: with the region known, no request is made.
    return URI.create(
        connection
            .client()
            .getPresignedObjectUrl(
                GetPresignedObjectUrlArgs.builder()
                    .method(Http.Method.GET)
                    .bucket(config.bucket())
                    .object(key)
                    .expiry(Math.toIntExact(config.presignExpiry().toSeconds()))
                    .build()));
  }
}
