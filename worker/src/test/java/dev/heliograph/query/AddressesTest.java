package dev.heliograph.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AddressesTest {
  @Test
  void leavesOutUserQueryAndFragment() {
    Map.of(
            "s3://bucket/a/b.jpg", "s3://bucket/a/b.jpg",
            "https://u:p@host:9000/b/k.jpg?X-Amz-Signature=s#f", "https://host:9000/b/k.jpg",
            "https://host/a@b/c?x=u@v", "https://host/a@b/c",
            "https://a@b@host/k", "https://host/k",
            "s3://key:secret@bucket", "s3://bucket",
            "//u:p@host/k", "//host/k",
            "mailto:me@host?subject=s", "mailto:me@host",
            "file:/tmp/a%3Fb.jpg", "file:/tmp/a%3Fb.jpg",
            "", "")
        .forEach(
            (address, told) -> assertEquals(told, Addresses.withoutCredentials(address), address));
    assertEquals("x:y", Addresses.withoutCredentials(URI.create("x:y?z")));
    assertEquals("not an address: ", Addresses.withoutCredentials("not an address: ?sig\n=1"));
  }
}
