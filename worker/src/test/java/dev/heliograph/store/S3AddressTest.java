package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.ImageSourceException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3AddressTest {
  @ParameterizedTest
  @CsvSource({
    "s3://bucket/cat.png, bucket, cat.png",
    "s3://my.bucket-1/a/b/c.jpg, my.bucket-1, a/b/c.jpg",
    "s3://bucket/red%20dress.png, bucket, red dress.png",
    "s3://bucket/%C3%A9t%C3%A9.png, bucket, été.png",
    "s3://bucket/été.png, bucket, été.png",
    "s3://bucket/100%25.png, bucket, 100%.png",
    "s3://bucket/..x/x../.x, bucket, ..x/x../.x",
    "s3://bucket/a+b&c=d, bucket, a+b&c=d"
  })
  void plainAddressesAreUnderstoodAndWrittenBack(String uri, String bucket, String key) {
    S3Address address = S3Address.parse(URI.create(uri));

    assertEquals(new S3Address(bucket, key), address);
    assertEquals(address, S3Address.parse(address.toUri()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // another scheme
        "http://bucket/key",
        "https://bucket/key",
        "file:///etc/passwd",
        "S3://bucket/key",
        "s3a://bucket/key",
        "jar:file:/x!/y",
        "data:,x",
        "bucket/key",
        "//bucket/key",
        "",
        // no bucket, or something else in its place
        "s3:///key",
        "s3:/bucket/key",
        "s3:bucket/key",
        "s3://user@bucket/key",
        "s3://user:secret@bucket/key",
        "s3://evil@bucket@other/key",
        "s3://bucket:9000/key",
        "s3://BUCKET/key",
        "s3://buc%6Bet/key",
        "s3://bucket%2Fother/key",
        "s3://[::1]/key",
        "s3://a..b/key",
        "s3://b/key",
        "s3://bücket/key",
        // no object
        "s3://bucket",
        "s3://bucket/",
        "s3://bucket/folder/",
        // segments that lead elsewhere
        "s3://bucket/../other/key",
        "s3://bucket/refs/../secret.png",
        "s3://bucket/refs/..",
        "s3://bucket/./key",
        "s3://bucket//key",
        "s3://bucket/refs//key",
        // the same, disguised
        "s3://bucket/refs/%2e%2e/secret.png",
        "s3://bucket/refs/%2E./secret.png",
        "s3://bucket/refs/.%2e/secret.png",
        "s3://bucket/refs%2f..%2fsecret.png",
        "s3://bucket/refs%2Fsecret.png",
        "s3://bucket/refs/..%5csecret.png",
        "s3://bucket/refs%5Csecret.png",
        "s3://bucket/refs/%252e%252e/secret.png",
        "s3://bucket/refs/%25%32%65",
        // controls, and bytes that are no text
        "s3://bucket/a%00.png",
        "s3://bucket/a%0d%0aHost:%20evil",
        "s3://bucket/a%7f",
        "s3://bucket/a%C2%85b",
        "s3://bucket/a%FF.png",
        "s3://bucket/a%C0%AFb",
        // what S3 would take as instructions
        "s3://bucket/key?versionId=1",
        "s3://bucket/key?",
        "s3://bucket/key#x"
      })
  void everythingElseIsForbiddenInOneLine(String uri) {
    ImageSourceException e =
        assertThrows(ImageSourceException.class, () -> S3Address.parse(URI.create(uri)));

    assertEquals(ImageSourceException.Reason.FORBIDDEN, e.reason());
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void keysBeyondS3sLimitAreForbidden() {
    URI longest = URI.create("s3://bucket/" + "k".repeat(1024));
    assertEquals(1024, S3Address.parse(longest).key().length());

    assertThrows(ImageSourceException.class, () -> S3Address.parse(URI.create(longest + "k")));
    assertThrows(
        ImageSourceException.class,
        () -> S3Address.parse(URI.create("s3://bucket/" + "é".repeat(513))));
  }

  @Test
  void theMessageTellsNoCredentialOfTheAddress() {
    URI uri = URI.create("https://me:pw@host/b/k.jpg?X-Amz-Signature=secret");

    ImageSourceException e = assertThrows(ImageSourceException.class, () -> S3Address.parse(uri));

    assertTrue(e.getMessage().startsWith("\"https://host/b/k.jpg\" is not allowed"), e::getMessage);
  }

  @Test
  void aLongUriIsShortenedInTheMessage() {
    URI uri = URI.create("http://bucket/" + "k".repeat(100_000));

    ImageSourceException e = assertThrows(ImageSourceException.class, () -> S3Address.parse(uri));

    assertTrue(e.getMessage().length() < 200);
  }

  @ParameterizedTest
  @CsvSource({
    "bucket, bucket, ''",
    "bucket/, bucket, ''",
    "bucket/refs, bucket, refs/",
    "bucket/refs/, bucket, refs/",
    "bucket/red dress, bucket, red dress/",
    "s3://bucket, bucket, ''",
    "s3://bucket/a/b/, bucket, a/b/"
  })
  void locationsAreBucketsWithOrWithoutPrefix(String text, String bucket, String prefix) {
    S3Location location = S3Location.parse(text);

    assertEquals(new S3Location(bucket, prefix), location);
    assertEquals(location, S3Location.of(location.toUri()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "BUCKET", "b", "bucket/..", "bucket//x", "bucket/a\\b", "s3://", "http://x"})
  void locationsThatCouldBeMisreadAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> S3Location.parse(text));
  }

  @Test
  void aLocationCoversWhatIsBelowItAndNothingBesideIt() {
    S3Location refs = S3Location.parse("bucket/refs");

    assertTrue(refs.covers(new S3Address("bucket", "refs/a.png")));
    assertTrue(refs.covers(new S3Address("bucket", "refs/deep/a.png")));
    assertFalse(refs.covers(new S3Address("bucket", "refs")));
    assertFalse(refs.covers(new S3Address("bucket", "refs-secret/a.png")));
    assertFalse(refs.covers(new S3Address("bucket", "other/refs/a.png")));
    assertFalse(refs.covers(new S3Address("bucket2", "refs/a.png")));
    assertTrue(S3Location.parse("bucket").covers(new S3Address("bucket", "a.png")));
  }
}
