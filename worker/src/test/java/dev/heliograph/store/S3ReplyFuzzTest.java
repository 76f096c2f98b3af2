package dev.heliograph.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.testing.Fuzz;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a store answers, it is understood, unavailable or misconfigured. */
class S3ReplyFuzzTest {
  private static final String ERROR =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message>\
      <BucketName>b</BucketName><Key>a.png</Key><Resource>/b/a.png</Resource>\
      <RequestId>4442587FB7D0A2F9</RequestId><HostId>x</HostId></Error>""";
  private static final String LISTING =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>\
      <Prefix>p/</Prefix><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>\
      <Contents><Key>p/a.png</Key><LastModified>2026-11-24T12:00:00.000Z</LastModified>\
      <ETag>&quot;aa&quot;</ETag><Size>434234</Size><StorageClass>STANDARD</StorageClass></Contents>\
      <Contents><Key>p/b.jpg</Key><LastModified>2026-11-24T12:00:00.000Z</LastModified>\
      <ETag>&quot;bb&quot;</ETag><Size>64994</Size><StorageClass>STANDARD</StorageClass></Contents>\
      </ListBucketResult>""";
  private static final String[] XML = {
    "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxxxxxxxx\">]>",
    "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">",
    "&x;",
    "&#0;",
    "<Code>AccessDenied</Code>",
    "<IsTruncated>true</IsTruncated>",
    "<![CDATA[",
    "]]>",
    "<a>",
    "</Error>",
    "\n"
  };

  private final AtomicReference<byte[]> body = new AtomicReference<>();

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 503})
  void refusals(int status) {
    String head = "HTTP/1.1 " + status + " No\nContent-Type: application/xml\nConnection: close";
    try (LoopbackServer server =
            LoopbackServer.start(
                (request, socket) -> LoopbackServer.reply(socket, head, body.get()));
        S3Connection connection = open(server)) {
      S3ObjectStore store = new S3ObjectStore(connection);
      S3ImageSource source = new S3ImageSource(connection, List.of(S3Location.parse("bucket")));
      Fuzz.of("S3 error, HTTP " + status)
          .corpus(ERROR.getBytes(UTF_8))
          .tokens(XML)
          .allowing(
              QueryFailedException.class,
              StoreMisconfiguredException.class,
              ImageSourceException.class)
          .mutants(120)
          .acceptsRefusals()
          .run(
              bytes -> {
                body.set(bytes);
                if (bytes.length % 2 == 0) {
                  store.put("a/b.png", new EncodedObject(new byte[3], "image/png"));
                } else {
                  source.read(URI.create("s3://bucket/a.png"), 1_000);
                }
              });
    }
  }

  @Test
  void listings() {
    String head = "HTTP/1.1 200 OK\nContent-Type: application/xml\nConnection: close";
    try (LoopbackServer server =
            LoopbackServer.start(
                (request, socket) -> LoopbackServer.reply(socket, head, body.get()));
        S3Connection connection = open(server)) {
      S3ImageFolder folder = new S3ImageFolder(connection, S3Location.parse("bucket/p/"));
      Fuzz.of("S3 listing")
          .corpus(LISTING.getBytes(UTF_8))
          .tokens(XML)
          .allowing(QueryFailedException.class, StoreMisconfiguredException.class)
          .mutants(250)
          .run(
              bytes -> {
                body.set(bytes);
                folder.names();
              });
    }
  }

  private static S3Connection open(LoopbackServer server) {
    return S3Connection.open(S3Config.of(server.uri(), "us-east-1", "bucket", "key", "secret"));
  }
}
