package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.testing.TestCertificate;
import io.minio.errors.ErrorResponseException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store behind a certificate that only a configured authority vouches for. */
class S3TlsTest {
  private static final String BUCKET = "artifacts";

  @TempDir private Path folder;

  @Test
  void anAuthorityOfTheConfigurationIsTrustedAndNoOther() throws Exception {
    TestCertificate certificate = TestCertificate.create(folder);
    S3Proxy proxy =
        S3Proxy.builder()
            .blobStore(new TransientNio2BlobStore())
            .secureEndpoint(URI.create("https://127.0.0.1:0"))
            .keyStore(certificate.keyStore().toString(), certificate.password())
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "key", "secret")
            .build();
    proxy.start();
    try {
      URI endpoint = URI.create("https://127.0.0.1:" + proxy.getSecurePort());
      S3Config config = S3Config.of(endpoint, "us-east-1", BUCKET, "key", "secret");
      try (S3Connection connection = S3Connection.open(config)) {
        var e = assertThrows(StoreMisconfiguredException.class, connection::probe);
        assertTrue(e.getMessage().contains("its certificate is not trusted"), e.getMessage());
      }
      S3Config trusting = config.withCaCertificates(certificate.authority());
      try (S3Connection connection = S3Connection.open(trusting)) {
        connection.createBucketIfAbsent(BUCKET);
        connection.probe();
        assertStoresWhatArrivesWhole(connection);
      }
    } finally {
      proxy.stop();
    }
  }

  /**
   * With TLS the signature does not cover the body: that the checksum holds is all the more due.
   */
  private static void assertStoresWhatArrivesWhole(S3Connection connection) throws Exception {
    S3Objects objects = new S3Objects(connection, BUCKET, WriteOnce.NONE);
    byte[] bytes = {1, 2, 3};
    DigestedObject whole = DigestedObject.of(new EncodedObject(bytes, "image/png"));
    DigestedObject damaged =
        new DigestedObject(new EncodedObject(new byte[] {1, 2, 4}, "image/png"), whole.sha256());

    assertTrue(objects.put("whole", whole, Map.of()));
    assertArrayEquals(bytes, objects.get("whole", 10).orElseThrow().bytes());
    assertThrows(ErrorResponseException.class, () -> objects.put("damaged", damaged, Map.of()));
    assertEquals(Optional.empty(), objects.get("damaged", 10));
  }

  @Test
  void aFileWithoutCertificatesIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("empty.pem"), "nothing");
    S3Config config =
        S3Config.of(URI.create("https://127.0.0.1:9"), "us-east-1", BUCKET, "key", "secret")
            .withCaCertificates(file);
    var e = assertThrows(IllegalArgumentException.class, () -> S3Connection.open(config));
    assertTrue(e.getMessage().startsWith("store certificates: " + file), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }
}
