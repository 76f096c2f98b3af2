package dev.heliograph.messaging;

import dev.heliograph.events.codec.Framing;
import dev.heliograph.messaging.MessagingConfig.GroupProtocol;
import java.time.Duration;
import java.util.Map;

/** Makes a {@link MessagingConfig}, whose documentation says what each part is. Not thread-safe. */
public final class MessagingConfigBuilder {
  private final String bootstrapServers;
  private Topics topics = Topics.DEFAULT;
  private String group = "heliograph";
  private GroupProtocol groupProtocol = GroupProtocol.CLASSIC;
  private String transactionalIdPrefix = "heliograph";
  private String worker = "heliograph";
  private Framing framing = Framing.SINGLE_OBJECT;
  private int maxInFlightQueries = 64;
  private long maxInFlightBytes = 128L << 20;
  private int maxRecordBytes = 16 << 20;
  private Duration pollTimeout = Duration.ofMillis(50);
  private Duration transactionTimeout = Duration.ofSeconds(10);
  private Duration shutdownTimeout = Duration.ofSeconds(30);
  private Map<String, String> clientProperties = Map.of();

  MessagingConfigBuilder(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
  }

  MessagingConfigBuilder(MessagingConfig from) {
    this(from.bootstrapServers());
    topics = from.topics();
    group = from.group();
    groupProtocol = from.groupProtocol();
    transactionalIdPrefix = from.transactionalIdPrefix();
    worker = from.worker();
    framing = from.framing();
    maxInFlightQueries = from.maxInFlightQueries();
    maxInFlightBytes = from.maxInFlightBytes();
    maxRecordBytes = from.maxRecordBytes();
    pollTimeout = from.pollTimeout();
    transactionTimeout = from.transactionTimeout();
    shutdownTimeout = from.shutdownTimeout();
    clientProperties = from.clientProperties();
  }

  public MessagingConfigBuilder topics(Topics value) {
    topics = value;
    return this;
  }

  public MessagingConfigBuilder group(String value) {
    group = value;
    return this;
  }

  public MessagingConfigBuilder groupProtocol(GroupProtocol value) {
    groupProtocol = value;
    return this;
  }

  public MessagingConfigBuilder transactionalIdPrefix(String value) {
    transactionalIdPrefix = value;
    return this;
  }

  public MessagingConfigBuilder worker(String value) {
    worker = value;
    return this;
  }

  public MessagingConfigBuilder framing(Framing value) {
    framing = value;
    return this;
  }

  public MessagingConfigBuilder maxInFlightQueries(int value) {
    maxInFlightQueries = value;
    return this;
  }

  public MessagingConfigBuilder maxInFlightBytes(long value) {
    maxInFlightBytes = value;
    return this;
  }

  public MessagingConfigBuilder maxRecordBytes(int value) {
    maxRecordBytes = value;
    return this;
  }

  public MessagingConfigBuilder pollTimeout(Duration value) {
    pollTimeout = value;
    return this;
  }

  public MessagingConfigBuilder transactionTimeout(Duration value) {
    transactionTimeout = value;
    return this;
  }

  public MessagingConfigBuilder shutdownTimeout(Duration value) {
    shutdownTimeout = value;
    return this;
  }

  public MessagingConfigBuilder clientProperties(Map<String, String> value) {
    clientProperties = value;
    return this;
  }

  /**
   * @throws IllegalArgumentException naming what is wrong, its value and the limit
   */
  public MessagingConfig build() {
    return new MessagingConfig(
        bootstrapServers,
        topics,
        group,
        groupProtocol,
        transactionalIdPrefix,
        worker,
        framing,
        maxInFlightQueries,
        maxInFlightBytes,
        maxRecordBytes,
        pollTimeout,
        transactionTimeout,
        shutdownTimeout,
        clientProperties);
  }
}
