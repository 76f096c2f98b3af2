package dev.heliograph.app.worker;

import dev.heliograph.app.config.Setting;
import dev.heliograph.app.config.SettingException;
import dev.heliograph.app.config.Settings;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.Delivery;
import dev.heliograph.messaging.MessagingConfig;
import dev.heliograph.messaging.RegistryConfig;
import dev.heliograph.messaging.SchemaRegistry;
import dev.heliograph.messaging.Topics;
import dev.heliograph.pipeline.PipelineConfig;
import dev.heliograph.pipeline.RetryPolicy;
import dev.heliograph.store.S3Config;
import dev.heliograph.store.S3Credentials;
import dev.heliograph.store.S3Location;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Everything the worker was told, with real types, read and checked once at start.
 *
 * @param referenceBuckets where references may be read from; empty for inline images only
 */
public record WorkerConfig(
    EngineConfig engine,
    List<S3Location> referenceBuckets,
    S3Config store,
    Delivery.Kind delivery,
    MessagingConfig messaging,
    ControlTopics control,
    AuditConfig audit,
    Optional<RegistryConfig> schemaRegistry,
    String httpHost,
    int httpPort) {

  /**
   * What there is besides queries and their completions.
   *
   * @param cancelTopic empty if queries cannot be cancelled
   * @param cancelWindow how far back a starting worker reads cancellations
   * @param statusTopic empty if no statuses are published
   */
  public record ControlTopics(
      Optional<String> cancelTopic, Duration cancelWindow, Optional<String> statusTopic) {}

  private static final long MEBIBYTE = 1L << 20;

  /**
   * @throws SettingException naming the setting, its value and what it may be
   */
  public static WorkerConfig of(Settings settings) {
    Delivery.Kind delivery = settings.choice(Setting.DELIVERY, Delivery.Kind.class);
    return new WorkerConfig(
        EngineConfig.of(settings),
        settings.list(Setting.REFERENCES_BUCKETS).stream()
            .map(text -> checked(Setting.REFERENCES_BUCKETS, () -> S3Location.parse(text)))
            .toList(),
        store(settings),
        delivery,
        messaging(settings, delivery),
        new ControlTopics(
            settings.text(Setting.KAFKA_CANCEL_TOPIC),
            settings.duration(Setting.KAFKA_CANCEL_WINDOW),
            settings.text(Setting.KAFKA_STATUS_TOPIC)),
        AuditConfig.of(settings),
        schemaRegistry(settings),
        settings.required(Setting.HTTP_HOST),
        (int) settings.number(Setting.HTTP_PORT, 0, 65_535));
  }

  /** How to reach Kafka; needs no other setting. */
  public static MessagingConfig messaging(Settings settings) {
    String bootstrapServers = settings.required(Setting.KAFKA_BOOTSTRAP_SERVERS);
    return checked(
        Setting.KAFKA_BOOTSTRAP_SERVERS,
        () ->
            MessagingConfig.builder(bootstrapServers)
                .topics(topics(settings))
                .group(settings.required(Setting.KAFKA_GROUP))
                .groupProtocol(
                    settings.choice(
                        Setting.KAFKA_GROUP_PROTOCOL, MessagingConfig.GroupProtocol.class))
                .transactionalIdPrefix(settings.required(Setting.KAFKA_GROUP))
                .worker(name(settings))
                .framing(
                    settings.text(Setting.KAFKA_SCHEMA_REGISTRY).isPresent()
                        ? Framing.CONFLUENT
                        : Framing.SINGLE_OBJECT)
                .maxInFlightQueries((int) settings.number(Setting.WORKER_IN_FLIGHT, 1, 10_000))
                .maxInFlightBytes(
                    settings.number(Setting.WORKER_IN_FLIGHT_BYTES, MEBIBYTE, Long.MAX_VALUE))
                .shutdownTimeout(settings.duration(Setting.WORKER_SHUTDOWN))
                .clientProperties(settings.kafkaProperties())
                .build());
  }

  private static Topics topics(Settings settings) {
    return new Topics(
        settings.required(Setting.KAFKA_QUERY_TOPIC),
        settings.text(Setting.KAFKA_INTERACTIVE_TOPIC),
        settings.required(Setting.KAFKA_COMPLETION_TOPIC),
        settings.required(Setting.KAFKA_DEAD_LETTER_TOPIC),
        settings.required(Setting.KAFKA_ATTESTATION_TOPIC));
  }

  /** What this delivery's clients would refuse is refused here, before anything is loaded. */
  private static MessagingConfig messaging(Settings settings, Delivery.Kind delivery) {
    MessagingConfig messaging = messaging(settings);
    return checked(
        Setting.KAFKA_BOOTSTRAP_SERVERS,
        () -> {
          delivery.check(messaging);
          return messaging;
        });
  }

  /** How to reach the object store; needs no other setting. */
  public static S3Config store(Settings settings) {
    Duration timeout = settings.duration(Setting.STORE_TIMEOUT);
    S3Config.Timeouts defaults = S3Config.Timeouts.DEFAULT;
    settings.required(Setting.STORE_ENDPOINT);
    URI endpoint = settings.uri(Setting.STORE_ENDPOINT).orElseThrow();
    return checked(
        Setting.STORE_ENDPOINT,
        () ->
            new S3Config(
                endpoint,
                settings.required(Setting.STORE_REGION),
                settings.required(Setting.STORE_BUCKET),
                credentials(settings, endpoint),
                settings.text(Setting.STORE_CA_CERTIFICATES).map(Path::of),
                settings.uri(Setting.STORE_PUBLIC_URL),
                settings.duration(Setting.STORE_PRESIGN_EXPIRY),
                new S3Config.Timeouts(
                    shorter(defaults.connect(), timeout),
                    shorter(defaults.idle(), timeout),
                    timeout)));
  }

  private enum CredentialsKind {
    STATIC,
    ENVIRONMENT,
    FILE,
    WEB_IDENTITY
  }

  private static S3Credentials credentials(Settings settings, URI endpoint) {
    return switch (settings.choice(Setting.STORE_CREDENTIALS, CredentialsKind.class)) {
      case STATIC ->
          new S3Credentials.Static(
              settings.required(Setting.STORE_ACCESS_KEY),
              settings.required(Setting.STORE_SECRET_KEY));
      case ENVIRONMENT -> new S3Credentials.Environment();
      case FILE ->
          new S3Credentials.SharedFile(
              settings.text(Setting.STORE_CREDENTIALS_FILE).map(Path::of),
              settings.required(Setting.STORE_PROFILE));
      case WEB_IDENTITY ->
          new S3Credentials.WebIdentity(
              Path.of(
                  settings
                      .text(Setting.STORE_TOKEN_FILE)
                      .or(() -> environment("AWS_WEB_IDENTITY_TOKEN_FILE"))
                      .orElseGet(() -> settings.required(Setting.STORE_TOKEN_FILE))),
              settings.text(Setting.STORE_ROLE_ARN).or(() -> environment("AWS_ROLE_ARN")),
              settings.uri(Setting.STORE_TOKEN_SERVICE).orElse(endpoint));
    };
  }

  private static Optional<String> environment(String variable) {
    return Optional.ofNullable(System.getenv(variable)).filter(value -> !value.isBlank());
  }

  /** Where schemas have their ids, if anywhere; needs no other setting. */
  public static Optional<RegistryConfig> schemaRegistry(Settings settings) {
    Optional<String> user = settings.text(Setting.KAFKA_SCHEMA_REGISTRY_USER);
    Optional<String> token = settings.text(Setting.KAFKA_SCHEMA_REGISTRY_TOKEN);
    if (user.isPresent() && token.isPresent()) {
      throw new SettingException(
          Setting.KAFKA_SCHEMA_REGISTRY_TOKEN.key()
              + ": cannot be set together with "
              + Setting.KAFKA_SCHEMA_REGISTRY_USER.key());
    }
    return settings
        .uri(Setting.KAFKA_SCHEMA_REGISTRY)
        .map(address -> checked(Setting.KAFKA_SCHEMA_REGISTRY, () -> registry(settings, address)));
  }

  private static RegistryConfig registry(Settings settings, URI address) {
    Optional<String> user = settings.text(Setting.KAFKA_SCHEMA_REGISTRY_USER);
    if (user.isPresent()) {
      return RegistryConfig.basic(
          address, user.get(), settings.required(Setting.KAFKA_SCHEMA_REGISTRY_PASSWORD));
    }
    return settings
        .text(Setting.KAFKA_SCHEMA_REGISTRY_TOKEN)
        .map(token -> RegistryConfig.bearer(address, token))
        .orElseGet(() -> RegistryConfig.open(address));
  }

  /** The ids of schemas; needs no other setting. */
  public static SchemaIdResolver schemaIds(Settings settings) {
    return SchemaRegistry.of(schemaRegistry(settings));
  }

  static PipelineConfig pipeline(Settings settings) {
    long imageBytes = settings.number(Setting.WORKER_IMAGE_BYTES, 0, Long.MAX_VALUE);
    int threads = (int) settings.number(Setting.WORKER_PARALLELISM, 0, 1024);
    int parallelism = threads == 0 ? PipelineConfig.defaults().parallelism() : threads;
    return checked(
        Setting.RETRY_ATTEMPTS,
        () ->
            new PipelineConfig(
                parallelism,
                (int) settings.number(Setting.DEVICE_BATCH, 1, 4096),
                settings.duration(Setting.DEVICE_LINGER),
                settings.number(Setting.REFERENCES_MAX_BYTES, 1, Integer.MAX_VALUE),
                settings.number(Setting.REFERENCES_MAX_PIXELS, 1, Integer.MAX_VALUE / 3),
                imageBytes == 0 ? PipelineConfig.defaultImageMemory(parallelism) : imageBytes,
                new RetryPolicy(
                    (int) settings.number(Setting.RETRY_ATTEMPTS, 1, 100),
                    settings.duration(Setting.RETRY_BASE_DELAY),
                    settings.duration(Setting.RETRY_MAX_DELAY),
                    settings.duration(Setting.RETRY_OUTAGE_PATIENCE)),
                settings.isOn(Setting.MODEL_FAST_INGEST)));
  }

  static String name(Settings settings) {
    return settings
        .text(Setting.WORKER_NAME)
        .orElseGet(
            () -> {
              try {
                return InetAddress.getLocalHost().getHostName();
              } catch (UnknownHostException e) {
                return "heliograph";
              }
            });
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** A value's own check says what is wrong; this adds where it comes from. */
  private static <T> T checked(Setting setting, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      String group = setting.key().substring(0, setting.key().indexOf('.'));
      throw new SettingException(group + ".*: " + e.getMessage());
    }
  }
}
