package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.TestCertificate;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
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
      }
    } finally {
      proxy.stop();
    }
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
