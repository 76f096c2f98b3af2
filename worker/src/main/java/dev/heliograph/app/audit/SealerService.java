package dev.heliograph.app.audit;

import dev.heliograph.app.health.HealthServer;
import dev.heliograph.audit.NoteVerifier;
import dev.heliograph.audit.Sealer;
import dev.heliograph.messaging.AttestationTopic;
import dev.heliograph.store.S3Connection;
import dev.heliograph.store.S3LogStore;
import dev.heliograph.store.StoreMisconfiguredException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sealer: takes records from their topic and appends their digests to the log in its bucket.
 * One is meant to run; a second by mistake forks nothing. Runs from {@link #start} until it is
 * closed.
 */
public final class SealerService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SealerService.class);

  /** Of a turn: a batch of 500 records in a slow store takes a minute or two. */
  private static final Duration STUCK = Duration.ofMinutes(10);

  private static final long CLOSING_MILLIS = 60_000;

  private final S3Connection store;
  private final SealerLoop loop;
  private final Thread thread;
  private final NoteVerifier identity;
  private final HealthServer health;

  private SealerService(
      S3Connection store, SealerLoop loop, NoteVerifier identity, SealerConfig config)
      throws IOException {
    this.store = store;
    this.loop = loop;
    this.identity = identity;
    this.thread = new Thread(loop, "heliograph-sealer");
    this.health =
        new HealthServer(
            config.httpHost(),
            config.httpPort(),
            this::lifeProblems,
            this::readinessProblems,
            this::metrics);
    thread.start();
  }

  /**
   * Connects and begins to seal.
   *
   * @throws StoreMisconfiguredException if the log's bucket cannot be used, or not as configured
   * @throws IOException if the health port is taken
   */
  public static SealerService start(SealerConfig config) throws IOException {
    S3Connection store = S3Connection.open(config.store());
    AttestationTopic topic = null;
    try {
      store.probe(config.log().location().bucket());
      if (config.log().writeOnce().isWanted()) {
        store.requireObjectLock(config.log().location().bucket());
      }
      Sealer sealer =
          new Sealer(
              new S3LogStore(store, config.log().location(), config.log().writeOnce()),
              config.log().name(),
              config.key(),
              config.log().verifiers());
      topic = new AttestationTopic(config.messaging(), config.group());
      SealerLoop loop = new SealerLoop(sealer, topic, config.interval());
      SealerService service = new SealerService(store, loop, sealer.identity(), config);
      log.info(
          "Sealing {} into {}, health at port {}; verifier key: {}",
          config.messaging().topics().attestations(),
          config.log().location(),
          service.healthPort(),
          sealer.identity().toVkey());
      return service;
    } catch (RuntimeException | IOException e) {
      if (topic != null) {
        topic.close();
      }
      store.close();
      throw e;
    }
  }

  /** What auditors need to check the log's checkpoints. */
  public NoteVerifier identity() {
    return identity;
  }

  public int healthPort() {
    return health.port();
  }

  /** Entries of the log, as of the last turn. */
  public long sealed() {
    return loop.size();
  }

  /** False once it has stopped, by {@link #close} or by a failure. */
  public boolean isRunning() {
    return thread.isAlive();
  }

  /** Why it stopped, if nobody stopped it. */
  public Optional<Throwable> failure() {
    return loop.failure();
  }

  private List<String> lifeProblems() {
    List<String> problems = new ArrayList<>();
    if (!thread.isAlive()) {
      problems.add("sealing has ended" + failure().map(e -> ": " + e).orElse(""));
    } else if (loop.sinceLastTurn().compareTo(STUCK) > 0) {
      problems.add("the sealer has not come by for " + loop.sinceLastTurn().toSeconds() + " s");
    }
    return problems;
  }

  private List<String> readinessProblems() {
    List<String> problems = lifeProblems();
    loop.problem().ifPresent(problems::add);
    return problems;
  }

  private String metrics() {
    return """
    # HELP heliograph_sealer_log_entries Entries of the audit log.
    # TYPE heliograph_sealer_log_entries gauge
    heliograph_sealer_log_entries %d
    # HELP heliograph_sealer_passed_over_total Events that were no record's.
    # TYPE heliograph_sealer_passed_over_total counter
    heliograph_sealer_passed_over_total %d
    """
        .formatted(loop.size(), loop.passedOver());
  }

  /** Finishes what is being sealed. */
  @Override
  public void close() {
    loop.stop();
    try {
      thread.join(CLOSING_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    health.close();
    store.close();
  }
}
