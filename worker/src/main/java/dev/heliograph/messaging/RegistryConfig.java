package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.util.Base64;
import java.util.Optional;

/**
 * Where a schema registry is, and how to be let in.
 *
 * @param address base of Confluent's HTTP interface, for example {@code http://registry:8081}, or
 *     {@code http://apicurio:8080/apis/ccompat/v7}
 * @param authorization value of that header; never printed
 */
public record RegistryConfig(URI address, Optional<String> authorization) {
  public RegistryConfig {
    boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
    if (!http || address.getHost() == null || address.getRawUserInfo() != null) {
      String shown = address.toString().replaceFirst("//[^/]*@", "//(user)@");
      throw new IllegalArgumentException(
          "schema-registry: \"" + shown + "\" is not http(s)://host without user");
    }
  }

  /** A registry that lets everyone in. */
  public static RegistryConfig open(URI address) {
    return new RegistryConfig(address, Optional.empty());
  }

  /** A registry with user and password (for Confluent Cloud: API key and secret). */
  public static RegistryConfig basic(URI address, String user, String password) {
    String pair = user + ":" + password;
    String encoded = Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    return new RegistryConfig(address, Optional.of("Basic " + encoded));
  }

  /** A registry that asks for a token. */
  public static RegistryConfig bearer(URI address, String token) {
    return new RegistryConfig(address, Optional.of("Bearer " + token));
  }

  /** Without the authorization. */
  @Override
  public String toString() {
    String scheme = authorization.map(value -> value.replaceFirst(" .*", "")).orElse("none");
    return "RegistryConfig[" + address + ", authorization=" + scheme + "]";
  }
}
