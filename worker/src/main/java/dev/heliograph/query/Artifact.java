package dev.heliograph.query;

import java.net.URI;
import java.util.Objects;

/**
 * A stored file.
 *
 * @param uri {@code s3://bucket/key}, or {@code file:} where the store is a folder
 * @param url where a browser finds it: public base, or presigned
 * @param sha256 lower-case hex
 * @param bytes size
 */
public record Artifact(URI uri, URI url, String sha256, long bytes, String mediaType) {
  public Artifact {
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(sha256, "sha256");
    Objects.requireNonNull(mediaType, "mediaType");
  }
}
