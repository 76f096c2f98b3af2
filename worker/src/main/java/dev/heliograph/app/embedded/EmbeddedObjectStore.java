package dev.heliograph.app.embedded;

import dev.heliograph.store.S3Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;

/**
 * An S3 server in this process (S3Proxy), on a free port of the loopback address, with credentials
 * made up at its start. Runs until it is closed.
 */
public final class EmbeddedObjectStore implements AutoCloseable {
  private static final String REGION = "us-east-1";
  private static final String ACCESS_KEY = "heliograph";

  private final S3Proxy proxy;
  private final String secretKey;

  private EmbeddedObjectStore(BlobStore blobs) {
    this.secretKey = UUID.randomUUID().toString();
    this.proxy =
        S3Proxy.builder()
            .blobStore(blobs)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, secretKey)
            .build();
    try {
      proxy.start();
    } catch (Exception e) {
      throw new IllegalStateException("the embedded object store does not start: " + e, e);
    }
  }

  /** Forgets everything when it is closed. */
  public static EmbeddedObjectStore inMemory() {
    return new EmbeddedObjectStore(new TransientNio2BlobStore());
  }

  /**
   * Keeps its buckets as folders, and objects as files, below this folder.
   *
   * @param folder created if absent; left as it is at the end
   */
  public static EmbeddedObjectStore inFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new EmbeddedObjectStore(new FilesystemNio2BlobStore(folder.toString()));
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + proxy.getPort());
  }

  /** How to reach this store; the bucket is not created by this. */
  public S3Config config(String bucket) {
    return S3Config.of(endpoint(), REGION, bucket, ACCESS_KEY, secretKey);
  }

  @Override
  public void close() {
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the embedded object store does not stop: " + e, e);
    }
  }
}
