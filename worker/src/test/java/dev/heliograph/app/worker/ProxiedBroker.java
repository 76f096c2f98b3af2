package dev.heliograph.app.worker;

import dev.heliograph.app.embedded.EmbeddedBroker;
import dev.heliograph.testing.LoopbackProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;

/**
 * A broker with a second address, which leads through a proxy: it tells clients of each address
 * that very address, so that those behind the proxy stay there.
 */
final class ProxiedBroker implements AutoCloseable {
  private final EmbeddedBroker broker;
  private final LoopbackProxy proxy;
  private final String direct;

  private ProxiedBroker(EmbeddedBroker broker, LoopbackProxy proxy, String direct) {
    this.broker = broker;
    this.proxy = proxy;
    this.direct = direct;
  }

  static ProxiedBroker start(Map<String, String> overrides) throws IOException {
    try (ServerSocket direct = freePort();
        ServerSocket behind = freePort();
        ServerSocket controller = freePort()) {
      LoopbackProxy proxy = LoopbackProxy.to(behind.getLocalPort());
      Map<String, String> properties = new HashMap<>(overrides);
      properties.put("controller.quorum.bootstrap.servers", address(controller));
      properties.put(
          "listener.security.protocol.map",
          "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT");
      properties.put(
          "listeners",
          String.format(
              "PLAINTEXT://%s,PROXIED://%s,CONTROLLER://%s",
              address(direct), address(behind), address(controller)));
      properties.put(
          "advertised.listeners",
          String.format(
              "PLAINTEXT://%s,PROXIED://%s", address(direct), proxy.uri().getAuthority()));
      direct.close();
      behind.close();
      controller.close();
      return new ProxiedBroker(EmbeddedBroker.start(properties), proxy, address(direct));
    }
  }

  /** Not through the proxy. */
  String bootstrapServers() {
    return direct;
  }

  LoopbackProxy proxy() {
    return proxy;
  }

  @Override
  public void close() {
    broker.close();
    proxy.close();
  }

  private static ServerSocket freePort() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
  }

  private static String address(ServerSocket socket) {
    return "127.0.0.1:" + socket.getLocalPort();
  }
}
