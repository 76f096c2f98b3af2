package dev.heliograph.app.config;

import java.util.Locale;

/**
 * Every option of the worker. The three that matter first: where Kafka is, where the model is, and
 * which bucket the artifacts go to. README's table is checked against this list.
 */
public enum Setting {
  KAFKA_BOOTSTRAP_SERVERS(
      "kafka.bootstrap-servers", "", "Kafka brokers, host:port, separated by commas. Required"),
  MODEL_PATH("model.path", "", "CLIP model folder in Hugging Face layout. Required"),
  STORE_BUCKET("store.bucket", "", "Bucket that artifacts are written to. Required"),

  MODEL_PHI("model.phi", "", "SEARLE's phi weights (.pt). Empty: phi.pt in the model folder"),
  MODEL_NAME("model.name", "", "Name of the CLIP model in events. Empty: the folder's name"),
  MODEL_EVAL_TYPE("model.eval-type", "searle", "searle, searle-xl or phi"),
  MODEL_PREPROCESS("model.preprocess", "targetpad", "targetpad, squarepad or clip"),
  MODEL_PRECISION(
      "model.precision",
      "float32",
      "float32, bfloat16 (for CPUs with AVX512-BF16 or AMX) or float16 (for GPUs)"),
  MODEL_FAST_INGEST(
      "model.fast-ingest",
      "off",
      "on or off: whether the model sees JPEG images through a reduced decode: faster, and not quite the same"
          + " pixels"),
  DEVICE("device", "auto", "auto, cpu or cuda"),
  DEVICE_THREADS(
      "device.threads", "0", "Threads of one CPU operation. 0: as many as there are cores"),
  DEVICE_BATCH("device.batch", "8", "Images in one forward pass at most"),
  DEVICE_LINGER("device.linger", "PT0S", "How long an unfilled batch waits for more queries"),

  GALLERIES_PATH("galleries.path", "galleries", "Folder of galleries that queries may name"),
  REFERENCES_BUCKETS(
      "references.buckets",
      "",
      "Buckets (bucket or bucket/prefix, separated by commas) that references may be read from."
          + " Empty: inline images only"),
  REFERENCES_MAX_BYTES("references.max-bytes", "33554432", "Largest encoded image"),
  REFERENCES_MAX_PIXELS(
      "references.max-pixels", "50000000", "Largest width × height, checked from the header"),

  ARTIFACTS_MAX_PIXELS(
      "artifacts.max-pixels",
      "0",
      "Largest width × height of a heatmap: of larger images it is made smaller. 0: the image's own"
          + " size, as arrays always have"),

  STORE_ENDPOINT("store.endpoint", "", "S3 endpoint, for example http://127.0.0.1:9000. Required"),
  STORE_REGION("store.region", "us-east-1", "S3 region"),
  STORE_CREDENTIALS(
      "store.credentials",
      "static",
      "static (the next two), environment (AWS_ACCESS_KEY_ID and so on), file or web-identity"),
  STORE_ACCESS_KEY("store.access-key", "", "S3 access key"),
  STORE_SECRET_KEY("store.secret-key", "", "S3 secret key"),
  STORE_CREDENTIALS_FILE(
      "store.credentials-file", "", "AWS shared credentials file. Empty: where AWS's tools look"),
  STORE_PROFILE("store.profile", "default", "Profile in that file"),
  STORE_TOKEN_FILE(
      "store.token-file", "", "Identity token. Empty: what AWS_WEB_IDENTITY_TOKEN_FILE names"),
  STORE_ROLE_ARN(
      "store.role-arn", "", "Role to assume by that token. Empty: AWS_ROLE_ARN, or none"),
  STORE_TOKEN_SERVICE(
      "store.token-service", "", "Who gives keys for the token (STS). Empty: the store's endpoint"),
  STORE_CA_CERTIFICATES(
      "store.ca-certificates", "", "PEM file of authorities to trust beside the JDK's"),
  STORE_PUBLIC_URL(
      "store.public-url", "", "Base of the artifacts' public URLs. Empty: URLs are presigned"),
  STORE_PRESIGN_EXPIRY("store.presign-expiry", "P7D", "How long presigned URLs work, at most P7D"),
  STORE_TIMEOUT("store.timeout", "PT60S", "Longest duration of one request to the store"),

  STORE_RETENTION(
      "store.retention",
      "",
      "How long artifacts and records are protected, in whole days: P365D (governance) or"
          + " compliance P365D. Empty: as the bucket says"),
  STORE_LEGAL_HOLD("store.legal-hold", "off", "on or off: a legal hold on artifacts and records"),

  AUDIT("audit", "on", "on or off: whether each query leaves an explanation record"),
  AUDIT_KEYS(
      "audit.keys",
      "",
      "PEM files of Ed25519 keys, separated by commas; each signs every record. Empty: audit.key,"
          + " or records are unsigned and say so"),
  AUDIT_KEY("audit.key", "", "A signing key itself, in PEM: for the environment"),
  AUDIT_CAPTIONS("audit.captions", "clear", "clear or digest: how captions stand in records"),
  AUDIT_TRUSTED_KEYS(
      "audit.trusted-keys",
      "",
      "For audit verify: keys that may have signed records and when (JSON), or one public key (PEM)"),
  AUDIT_LOG(
      "audit.log", "", "Bucket (bucket or bucket/prefix) of the append-only log, for the sealer"),
  AUDIT_LOG_NAME("audit.log-name", "heliograph", "The log's name in its checkpoints"),
  AUDIT_LOG_KEY_FILE("audit.log-key-file", "", "PEM file of the key that signs checkpoints"),
  AUDIT_LOG_KEY("audit.log-key", "", "That key itself, in PEM: for the environment"),
  AUDIT_LOG_VERIFIERS(
      "audit.log-verifiers",
      "",
      "Verifier keys (name+hash+key, separated by commas) of the log's present and earlier keys"),
  AUDIT_LOG_RETENTION(
      "audit.log-retention",
      "",
      "How long the log's files are protected: P3650D (compliance) or governance P3650D. Empty: as"
          + " the bucket says"),
  AUDIT_LOG_LEGAL_HOLD("audit.log-legal-hold", "off", "on or off: a legal hold on the log's files"),
  SEALER_GROUP("sealer.group", "heliograph-sealer", "Consumer group of the sealer"),
  SEALER_INTERVAL("sealer.interval", "PT1S", "How long the sealer rests when nothing is waiting"),

  DELIVERY(
      "delivery",
      "transactional",
      "transactional (exactly one completion per query) or queue (share group, brokers from 4.2:"
          + " at least one; more workers than partitions)"),
  KAFKA_GROUP(
      "kafka.group",
      "heliograph",
      "Group of the workers. Each delivery needs one of its own: groups keep their kind"),
  KAFKA_GROUP_PROTOCOL(
      "kafka.group-protocol",
      "classic",
      "classic (any broker) or consumer (KIP-848, brokers from 4.0); transactional delivery only"),
  KAFKA_QUERY_TOPIC("kafka.query-topic", "cir.query.v1", "Topic of QueryRequested"),
  KAFKA_INTERACTIVE_TOPIC(
      "kafka.interactive-topic",
      "",
      "Topic of queries that somebody waits for, asked before the other. Empty: there is none"),
  KAFKA_COMPLETION_TOPIC("kafka.completion-topic", "cir.completion.v1", "Topic of QueryCompletion"),
  KAFKA_DEAD_LETTER_TOPIC("kafka.dead-letter-topic", "cir.query.v1-dlt", "Topic of dead letters"),
  KAFKA_ATTESTATION_TOPIC(
      "kafka.attestation-topic", "cir.attestation.v1", "Topic of explanation records"),

  KAFKA_CANCEL_TOPIC(
      "kafka.cancel-topic",
      "cir.cancel.v1",
      "Topic of CancellationRequested; may be missing. Empty: queries cannot be cancelled"),
  KAFKA_CANCEL_WINDOW(
      "kafka.cancel-window", "P1D", "How far back a starting worker reads cancellations"),
  KAFKA_STATUS_TOPIC(
      "kafka.status-topic",
      "",
      "Topic of QueryStatus, such as cir.status.v1; should be compacted. Empty: none are published"),

  KAFKA_SCHEMA_REGISTRY(
      "kafka.schema-registry",
      "",
      "Schema registry with Confluent's interface (Apicurio: …/apis/ccompat/v7): then events are"
          + " written in Confluent's wire format. Both are always read"),
  KAFKA_SCHEMA_REGISTRY_USER("kafka.schema-registry-user", "", "User or API key there"),
  KAFKA_SCHEMA_REGISTRY_PASSWORD("kafka.schema-registry-password", "", "Password or API secret"),
  KAFKA_SCHEMA_REGISTRY_TOKEN(
      "kafka.schema-registry-token", "", "Bearer token, instead of user and password"),

  WORKER_NAME("worker.name", "", "Name in provenance. Empty: the host's name"),
  WORKER_IN_FLIGHT("worker.in-flight", "16", "Queries in work at once"),
  WORKER_IN_FLIGHT_BYTES(
      "worker.in-flight-bytes", "134217728", "Bytes of events in work at once (inline images)"),
  WORKER_IMAGE_BYTES(
      "worker.image-bytes",
      "0",
      "Bytes of decoded images, and of files made of them, at once; up to half as many wait unused for"
          + " the next. 0: 96 MiB a thread, at most half of the heap"),
  WORKER_PARALLELISM(
      "worker.parallelism",
      "0",
      "Threads that read, decode, render and store. 0: as many as there are cores, at least 2"),
  WORKER_SHUTDOWN("worker.shutdown", "PT30S", "How long a stopping worker finishes its queries"),
  RETRY_ATTEMPTS(
      "retry.attempts", "6", "Tries of a step that fails for its own sake: device memory, a bug"),
  RETRY_OUTAGE_PATIENCE(
      "retry.outage-patience",
      "PT15M",
      "How long a step is tried again while the store is away; a deadline ends it earlier"),
  RETRY_BASE_DELAY("retry.base-delay", "PT0.2S", "Upper bound of the first wait; doubles"),
  RETRY_MAX_DELAY("retry.max-delay", "PT10S", "Upper bound of any wait"),
  HTTP_HOST("http.host", "0.0.0.0", "Address of /livez, /readyz and /metrics"),
  HTTP_PORT("http.port", "8080", "Port of /livez, /readyz and /metrics. 0: any free one");

  /** Kafka client properties: {@code kafka.property.security.protocol=SSL} and the like. */
  static final String KAFKA_PROPERTY_PREFIX = "kafka.property.";

  private final String key;
  private final String defaultValue;
  private final String description;

  Setting(String key, String defaultValue, String description) {
    this.key = key;
    this.defaultValue = defaultValue;
    this.description = description;
  }

  /** As in the file and with {@code --set}. */
  public String key() {
    return key;
  }

  /** Empty if there is none. */
  public String defaultValue() {
    return defaultValue;
  }

  public String description() {
    return description;
  }

  /** For example {@code HELIOGRAPH_KAFKA_BOOTSTRAP_SERVERS}. */
  public String environmentVariable() {
    return "HELIOGRAPH_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
