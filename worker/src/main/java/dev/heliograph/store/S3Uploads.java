package dev.heliograph.store;

import dev.heliograph.pipeline.EncodedObject;
import io.minio.ByteBuffer;
import io.minio.Checksum;
import io.minio.Http;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectAPIArgs;
import io.minio.PutObjectArgs;
import io.minio.credentials.Provider;
import io.minio.errors.MinioException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletionException;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;

/**
 * Puts of bytes whose sha256 is known. It goes along as the checksum that the server verifies and,
 * without TLS, as the payload's hash that the signature covers. The SDK's put for all purposes
 * takes no checksum: it would compute that hash again, and a CRC32C byte by byte, and so use more
 * than twice the processor time. Thread-safe.
 */
final class S3Uploads {
  private final MinioAsyncClient client;

  private S3Uploads(MinioAsyncClient client) {
    this.client = client;
  }

  /**
   * @param http stays its opener's
   */
  static S3Uploads over(OkHttpClient http, S3Config config, Provider credentials) {
    return new S3Uploads(
        MinioAsyncClient.builder()
            .endpoint(config.endpoint().toString())
            .region(config.region())
            .credentialsProvider(credentials)
            .httpClient(http, false)
            .build());
  }

  /**
   * Returns when it is stored. Nobody reads the array afterwards, also if it throws.
   *
   * @param args all but the bytes
   * @throws MinioException or IllegalStateException, as the SDK's blocking client does
   */
  void put(PutObjectArgs.Builder args, DigestedObject digested) throws MinioException {
    EncodedObject object = digested.object();
    PutObjectArgs built = args.data(object.array(), object.length()).build();
    Http.Headers checksum =
        new Http.Headers(
            Http.Headers.X_AMZ_SDK_CHECKSUM_ALGORITHM,
            Checksum.Algorithm.SHA256.toString(),
            Http.Headers.X_AMZ_CHECKSUM_SHA256,
            digested.sha256().base64());
    try {
      Object unused =
          client
              .putObject(
                  new PutObjectAPIArgs(built, new View(object), contentType(built), checksum))
              .join();
    } catch (CompletionException e) {
      client.throwMinioException(e);
    }
  }

  private static MediaType contentType(PutObjectArgs args) throws MinioException {
    try {
      return args.contentType();
    } catch (IOException e) {
      throw new MinioException(e);
    }
  }

  /** Read piece by piece: of an array, OkHttp would copy the whole before it sends the first. */
  private static final class View extends ByteBuffer {
    private final EncodedObject object;

    View(EncodedObject object) {
      super(object.length());
      this.object = object;
    }

    @Override
    public long length() {
      return object.length();
    }

    @Override
    public InputStream inputStream() {
      return new ByteArrayInputStream(object.array(), 0, object.length());
    }
  }
}
