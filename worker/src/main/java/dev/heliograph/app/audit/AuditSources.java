package dev.heliograph.app.audit;

import dev.heliograph.app.config.Setting;
import dev.heliograph.app.config.SettingException;
import dev.heliograph.app.config.Settings;
import dev.heliograph.app.worker.WorkerConfig;
import dev.heliograph.audit.AuditFormatException;
import dev.heliograph.audit.FolderLogStore;
import dev.heliograph.audit.LogEntry;
import dev.heliograph.audit.LogStore;
import dev.heliograph.audit.LogView;
import dev.heliograph.audit.NoteVerifier;
import dev.heliograph.audit.StoredObjects;
import dev.heliograph.audit.TrustedKeys;
import dev.heliograph.audit.VerificationKey;
import dev.heliograph.messaging.AttestationFinder;
import dev.heliograph.store.S3Connection;
import dev.heliograph.store.S3LogStore;
import dev.heliograph.store.S3StoredObjects;
import dev.heliograph.store.WriteOnce;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where an auditor's evidence comes from: files that were downloaded where folders are given, else
 * the object store of the settings, opened when it is first needed. Not thread-safe.
 */
public final class AuditSources implements AutoCloseable {
  private final Settings settings;
  private final Where where;
  private @Nullable S3Connection connection;

  /**
   * What was given on the command line.
   *
   * @param folder a downloaded bucket, or one query's folder
   * @param log a downloaded log
   * @param prefix of the query's objects; Kafka is then not asked
   * @param keys trusted keys, instead of the settings'
   * @param logKeys verifier keys of the log, besides the settings'
   */
  public record Where(
      Optional<Path> folder,
      Optional<Path> log,
      Optional<String> prefix,
      Optional<Path> keys,
      List<String> logKeys) {
    /** Nothing: everything comes from the settings. */
    public static final Where SETTINGS =
        new Where(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());
  }

  /**
   * @throws SettingException if what was given as a folder is none: an empty log would be taken for
   *     one that lost its records
   */
  public AuditSources(Settings settings, Where where) {
    requireFolder("--folder", where.folder());
    requireFolder("--log", where.log());
    this.settings = settings;
    this.where = where;
  }

  private static void requireFolder(String option, Optional<Path> given) {
    if (given.isPresent() && !Files.isDirectory(given.get())) {
      throw new SettingException(option + ": " + given.get() + " is not a folder");
    }
  }

  /** The object store of the settings. */
  public S3Connection store() {
    if (connection == null) {
      connection = S3Connection.open(WorkerConfig.store(settings));
    }
    return connection;
  }

  /** Reads records and what they name. */
  public StoredObjects objects() {
    return where.folder().map(StoredObjects::ofBucketFolder).orElseGet(() -> stored());
  }

  private StoredObjects stored() {
    return new S3StoredObjects(store());
  }

  /** What Kafka still has, if it is configured. */
  public Optional<AttestationFinder> published() {
    return settings
        .text(Setting.KAFKA_BOOTSTRAP_SERVERS)
        .map(
            servers ->
                new AttestationFinder(
                    WorkerConfig.messaging(settings), WorkerConfig.schemaIds(settings)));
  }

  /** Keys that may have signed records; none if none are given. */
  public TrustedKeys trustedKeys() throws IOException {
    Optional<Path> file =
        where.keys().or(() -> settings.text(Setting.AUDIT_TRUSTED_KEYS).map(Path::of));
    if (file.isEmpty()) {
      return new TrustedKeys(List.of());
    }
    byte[] bytes = Files.readAllBytes(file.get());
    String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    String name = file.get().toString();
    try {
      return text.contains("-----BEGIN PUBLIC KEY-----") && !text.stripLeading().startsWith("{")
          ? TrustedKeys.only(VerificationKey.fromPem(name, text))
          : TrustedKeys.parse(name, bytes);
    } catch (AuditFormatException e) {
      throw new SettingException("trusted keys: " + e.getMessage());
    }
  }

  /** The log, if there is one and a key to check it with. */
  public Optional<LogView> log() {
    List<NoteVerifier> keys =
        new ArrayList<>(LogConfig.verifiers(settings.list(Setting.AUDIT_LOG_VERIFIERS)));
    keys.addAll(LogConfig.verifiers(where.logKeys()));
    Optional<LogStore> files =
        where
            .log()
            .<LogStore>map(FolderLogStore::new)
            .or(
                () ->
                    LogConfig.find(settings)
                        .map(log -> new S3LogStore(store(), log.location(), WriteOnce.NONE)));
    return keys.isEmpty() ? Optional.empty() : files.map(found -> new LogView(found, keys));
  }

  /**
   * The records that a text names: an address {@code s3://…/attestation.json}, a query's folder, or
   * a query id. An id is looked up in the folder, or below the prefix, whatever folder of that name
   * is at hand; else in the log, then among what Kafka still has. Oldest first; those that the log
   * has and that are not there come last.
   *
   * @return empty if there is none
   * @throws IOException if a source that must be asked does not answer
   */
  public List<FoundRecord> find(String text) throws IOException {
    if (text.startsWith("s3://")) {
      return List.of(at(URI.create(text)));
    }
    boolean placed = where.folder().isPresent() || where.prefix().isPresent();
    if (Files.isDirectory(Path.of(text)) && (!placed || text.contains("/"))) {
      return new RecordFinder(log()).inQueryFolder(Path.of(text), Optional.empty());
    }
    if (where.folder().isPresent()) {
      return new RecordFinder(log()).inBucketFolder(where.folder().get(), text);
    }
    if (where.prefix().isPresent()) {
      String bucket = store().config().bucket();
      URI folder = URI.create("s3://" + bucket + "/" + where.prefix().get() + "/" + text + "/");
      return new RecordFinder(log()).inStore(folder, text, objects());
    }
    return lookedUp(text);
  }

  private FoundRecord at(URI record) {
    String[] segments = record.getPath().split("/", -1);
    String queryId = segments.length < 2 ? "" : segments[segments.length - 2];
    return RecordFinder.stored(queryId, record, objects());
  }

  private List<FoundRecord> lookedUp(String queryId) throws IOException {
    Set<URI> uris = new LinkedHashSet<>();
    Optional<LogView> log = log();
    if (log.isPresent()) {
      log.get().records(queryId).stream().map(LogEntry::uri).forEach(uris::add);
    }
    if (uris.isEmpty()) {
      published()
          .ifPresent(kafka -> kafka.find(queryId).stream().map(LogEntry::uri).forEach(uris::add));
    }
    return uris.stream().map(uri -> RecordFinder.stored(queryId, uri, objects())).toList();
  }

  @Override
  public void close() {
    if (connection != null) {
      connection.close();
    }
  }
}
