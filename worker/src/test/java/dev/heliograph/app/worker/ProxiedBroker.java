package dev.heliograph.app.worker;

import dev.heliograph.app.embedded.EmbeddedBroker;
import dev.heliograph.testing.LoopbackProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
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
    List<Integer> ports = freePorts();
    String direct = "127.0.0.1:" + ports.get(0);
    String behindProxy = "127.0.0.1:" + ports.get(1);
    String controller = "127.0.0.1:" + ports.get(2);
    LoopbackProxy proxy = LoopbackProxy.to(ports.get(1));
    Map<String, String> properties = new HashMap<>(overrides);
    properties.put("controller.quorum.bootstrap.servers", controller);
    properties.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT");
    properties.put(
        "listeners",
        String.format(
            "PLAINTEXT://%s,PROXIED://%s,CONTROLLER://%s", direct, behindProxy, controller));
    properties.put(
        "advertised.listeners",
        String.format("PLAINTEXT://%s,PROXIED://%s", direct, proxy.uri().getAuthority()));
    return new ProxiedBroker(EmbeddedBroker.start(properties), proxy, direct);
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

  private static List<Integer> freePorts() throws IOException {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (ServerSocket one = new ServerSocket(0, 1, loopback);
        ServerSocket two = new ServerSocket(0, 1, loopback);
        ServerSocket three = new ServerSocket(0, 1, loopback)) {
      return List.of(one.getLocalPort(), two.getLocalPort(), three.getLocalPort());
    }
  }
}
