package dev.heliograph.app.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.app.embedded.EmbeddedBroker;
import dev.heliograph.demo.picture.Jpeg;
import dev.heliograph.demo.world.PictureSize;
import dev.heliograph.demo.world.PythonRandom;
import dev.heliograph.demo.world.ScenePainter;
import dev.heliograph.demo.world.SceneSampler;
import dev.heliograph.events.Artifact;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import dev.heliograph.testing.LoopbackProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers in processes of their own, between a broker and a store that can be disturbed; and the
 * count of what became of the queries. Not thread-safe.
 */
final class FaultBench implements AutoCloseable {
  /** A group of another kind needs another name. */
  static final Map<String, String> QUEUE = Map.of("delivery", "queue", "kafka.group", "queue");

  /** The new protocol of consumer groups (KIP-848). */
  static final Map<String, String> BROKER_ASSIGNS = Map.of("kafka.group-protocol", "consumer");

  /** So that a broker gives what a killed worker had to others after seconds. */
  static final Map<String, String> SOON =
      Map.of(
          "group.share.min.record.lock.duration.ms", "1000",
          "group.share.record.lock.duration.ms", "5000",
          "group.consumer.min.session.timeout.ms", "1000",
          "group.consumer.session.timeout.ms", "6000");

  private static final Logger LOG = LoggerFactory.getLogger(FaultBench.class);
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final PictureSize TINY = new PictureSize(72, 64);
  private static final ArtifactRequest GRID =
      new ArtifactRequest(HeatmapFormat.NONE, ArrayFormat.GRID, Optional.empty());

  /** Every so many queries one has files that take more than one packet. */
  private static final int FILES_EVERY = 10;

  private final WorkerFixture fixture;
  private final LoopbackProxy store;
  private final WorkerFleet fleet;
  private final CompletionLog completions;
  private final String servers;
  private final List<byte[]> references;

  private FaultBench(Path folder, WorkerFixture fixture, Map<String, String> flags)
      throws IOException {
    this.fixture = fixture;
    this.store = LoopbackProxy.to(fixture.s3().endpoint().getPort());
    Map<String, String> all = new HashMap<>(fixture.flags());
    all.put("store.endpoint", store.uri().toString());
    if (!flags.equals(QUEUE) && !flags.equals(BROKER_ASSIGNS)) {
      // the broker waits so long for a worker that was killed; other groups ask the broker
      all.put("kafka.property.session.timeout.ms", "6000");
      all.put("kafka.property.heartbeat.interval.ms", "1500");
    }
    all.put("worker.in-flight", "8");
    all.putAll(flags);
    this.fleet = new WorkerFleet(folder.resolve("logs"), all);
    this.completions = new CompletionLog(fixture.messaging());
    this.servers = fixture.messaging().bootstrapServers();
    this.references = IntStream.range(0, 20).mapToObj(FaultBench::tinyPicture).toList();
  }

  /**
   * Starts no worker yet.
   *
   * @param flags settings of the workers that differ from the bench's own
   */
  static FaultBench around(Path folder, WorkerFixture fixture, Map<String, String> flags)
      throws IOException {
    LOG.info("seed {} (-Dheliograph.faults.seed)", FaultSize.SEED);
    return new FaultBench(folder, fixture, flags);
  }

  /** Around a broker that does it {@link #SOON}. */
  static WorkerFixture soonFixture(Path folder) throws IOException, InterruptedException {
    EmbeddedBroker broker = EmbeddedBroker.start(SOON);
    return WorkerFixture.start(folder, broker, broker.bootstrapServers());
  }

  WorkerFleet fleet() {
    return fleet;
  }

  LoopbackProxy store() {
    return store;
  }

  CompletionLog completions() {
    return completions;
  }

  /** Queries of tiny images; their ids begin with the prefix. */
  List<QueryRequested> queries(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> query("%s-%05d".formatted(prefix, i), i))
        .toList();
  }

  /** Publishes such queries, and returns their ids. */
  Set<String> publish(String prefix, int count) {
    List<QueryRequested> events = queries(prefix, count);
    fixture.publish(events);
    return events.stream()
        .map(QueryRequested::getQueryId)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Most queries leave a grid of a few bytes, some leave pictures and full arrays. */
  private QueryRequested query(String id, int number) {
    boolean files = number % FILES_EVERY == 0;
    return QueryEvents.toEvent(
        WorkerFixture.query(id)
            .reference(references.get(number % references.size()).clone(), Jpeg.MEDIA_TYPE)
            .topK(3)
            .saliency(new SaliencyRequest(true, files ? 1 : 0, SaliencyMethod.EXACT))
            .artifacts(files ? ArtifactRequest.DEFAULT : GRID)
            .build());
  }

  private static byte[] tinyPicture(int seed) {
    SceneSampler sampler = new SceneSampler(new PythonRandom(seed));
    return Jpeg.encode(ScenePainter.draw(sampler.scene(), TINY).image(), 0.9f);
  }

  /** Goes through the schedule, and on until this is so. */
  void run(FaultSchedule schedule, BooleanSupplier done) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!schedule.isDone() || !done.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(counts() + "\n" + fleet.lastWords());
      }
      completions.poll();
      fleet.supervise();
      schedule.advance(completions.answered());
    }
  }

  /** Goes through the schedule, and on until each of so many queries has a completion. */
  void run(FaultSchedule schedule, Set<String> queries) throws IOException {
    run(schedule, () -> completions.answered() >= queries.size());
  }

  /**
   * Ends the broker while no transaction is open. When it comes back, and before its partitions
   * have leaders, it would end those that were decided or have timed out, and leave their markers
   * out (Kafka 4.4.0, KAFKA-20734): then offsets or completions stay undecided, or are aborted,
   * though they were committed.
   */
  void betweenTransactions(Runnable ending) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      await()
          .atMost(WorkerFixture.PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> isStillBetweenTransactions(admin));
    }
    ending.run();
    fleet.resume();
  }

  /** Leaves the workers suspended if so. What they had sent may arrive after the first look. */
  private boolean isStillBetweenTransactions(Admin admin) throws Exception {
    fleet.suspendAll();
    if (openTransactions(admin) == 0 && openTransactions(admin) == 0) {
      return true;
    }
    fleet.resume();
    return false;
  }

  private static int openTransactions(Admin admin) throws Exception {
    ListTransactionsOptions open =
        new ListTransactionsOptions()
            .filterStates(
                Set.of(
                    TransactionState.ONGOING,
                    TransactionState.PREPARE_COMMIT,
                    TransactionState.PREPARE_ABORT));
    return admin.listTransactions(open).all().get().size();
  }

  /** Workers that consume; one that is told to stop before it does has nothing to finish. */
  void awaitWorkers(int workers) {
    await().atMost(WorkerFixture.PATIENCE).until(() -> fleet.running() == workers);
  }

  /** Lets the workers stop, and reads what they have left. */
  void stop() {
    fleet.close();
    completions.readToEnd();
    LOG.info("{}", counts());
  }

  String counts() {
    Map<String, Integer> outcomes = new TreeMap<>();
    completions.first().forEach(c -> outcomes.merge(c.getOutcome().toString(), 1, Integer::sum));
    return String.format(
        "%d completions of %d queries %s; store: %d connections harmed; %s",
        completions.size(), completions.answered(), outcomes, store.harmed(), fleet.counts());
  }

  /** Each query has a completion, and only these have. */
  void assertAllAnswered(Set<String> queries) {
    assertEquals(queries, new TreeSet<>(completions.byQuery().keySet()));
  }

  void assertNoDuplicates() {
    assertEquals(completions.answered(), completions.size(), this::counts);
  }

  void assertDuplicatesShareTheirId() {
    completions
        .byQuery()
        .forEach(
            (id, entries) ->
                assertEquals(
                    1, entries.stream().map(CompletionLog.Entry::ceId).distinct().count(), id));
  }

  void assertAllCompleted() {
    completions
        .byQuery()
        .values()
        .forEach(
            entries ->
                entries.forEach(
                    entry ->
                        assertEquals(
                            Outcome.COMPLETED, entry.event().getOutcome(), entry::toString)));
  }

  /** Every file that any completion names is there, with the bytes that it states. */
  void assertFilesAreAsStated() throws IOException, InterruptedException {
    int files = 0;
    for (List<CompletionLog.Entry> entries : completions.byQuery().values()) {
      for (CompletionLog.Entry entry : entries) {
        for (Artifact artifact : WorkerFixture.artifacts(entry.event())) {
          WorkerFixture.fetch(artifact);
          files++;
        }
      }
    }
    LOG.info("{} files of {} completions are as stated", files, completions.size());
  }

  @Override
  public void close() {
    store.inject(LoopbackProxy.Fault.NONE);
    fleet.close();
    completions.close();
    store.close();
  }
}
