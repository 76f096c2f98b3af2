package dev.heliograph.app.worker;

import dev.heliograph.messaging.DeliveryProgress;
import dev.heliograph.messaging.StatusPublisher;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.Warning;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * The worker's metrics, for Prometheus. Where OpenTelemetry's conventions for messaging have a name
 * for something, it has that name ({@code messaging_…}); the rest is {@code heliograph_…}.
 *
 * <p>{@code heliograph_queries_total} by outcome counts what was published; its equation with
 * {@code messaging_client_consumed_messages_total} is {@link DeliveryProgress}'s. {@code
 * messaging_process_duration_seconds} ends when a query's answer is ready, before it is published;
 * its {@code error_type} is the failure's code, and empty for an answer. Thread-safe.
 */
final class WorkerMetrics implements AutoCloseable {
  /** From a cached answer to one behind retries. */
  private static final Duration[] DURATIONS =
      seconds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60);

  private static final Duration[] AGES = seconds(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400);
  private static final double[] BATCHES = {1, 2, 4, 8, 16, 32, 64};

  private static final String FAILURES = "heliograph.failures";
  private static final String WARNINGS = "heliograph.warnings";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final Timer queueAge;
  private final Counter uploads;

  WorkerMetrics(Supplier<DeliveryProgress> progress) {
    outcome("completed", progress, DeliveryProgress::completed);
    outcome("failed", progress, DeliveryProgress::failed);
    outcome("expired", progress, DeliveryProgress::expired);
    outcome("cancelled", progress, DeliveryProgress::cancelled);
    counter("messaging.client.consumed.messages", progress, DeliveryProgress::received);
    counter("heliograph.malformed", progress, DeliveryProgress::malformed);
    counter("heliograph.abandoned", progress, DeliveryProgress::abandoned);
    counter("heliograph.released", progress, DeliveryProgress::released);
    counter("heliograph.duplicates", progress, DeliveryProgress::duplicates);
    counter("heliograph.renewed", progress, DeliveryProgress::renewed);
    counter("heliograph.dead.letters", progress, DeliveryProgress::deadLetters);
    counter("heliograph.transactions", progress, DeliveryProgress::transactions);
    counter("heliograph.transaction.aborts", progress, DeliveryProgress::aborts);
    for (FailureCode code : FailureCode.values()) {
      boolean warning = code.kind() == FailureCode.Kind.WARNING;
      counter(warning ? WARNINGS : FAILURES, code.name());
    }
    gauge("heliograph.in.flight", () -> progress.get().inFlight());
    gauge("heliograph.in.flight.bytes", () -> progress.get().inFlightBytes());
    gauge("heliograph.paused", () -> progress.get().paused() ? 1 : 0);
    queueAge =
        Timer.builder("heliograph.queue.age").serviceLevelObjectives(AGES).register(registry);
    uploads =
        Counter.builder("heliograph.upload.bytes").description("of artifacts").register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
  }

  /**
   * Counts statuses: {@code heliograph_status_events_total} by result; the offered ones are those
   * published, dropped and waiting. Alert on dropped ones: followers see old states.
   */
  void bind(StatusPublisher statuses) {
    status("published", statuses, StatusPublisher::published);
    status("dropped", statuses, StatusPublisher::dropped);
    Gauge.builder("heliograph.status.waiting", statuses, StatusPublisher::waiting)
        .register(registry);
  }

  private void status(
      String result, StatusPublisher statuses, ToDoubleFunction<StatusPublisher> count) {
    FunctionCounter.builder("heliograph.status.events", statuses, count)
        .tag("result", result)
        .register(registry);
  }

  /** A number that others know; NaN while nobody does. */
  void gauge(String name, DoubleSupplier value) {
    Gauge.builder(name, value, DoubleSupplier::getAsDouble)
        .strongReference(true)
        .register(registry);
  }

  /** A record is taken up, so long after it was published. */
  void takenUp(Duration age) {
    queueAge.record(age);
  }

  /** Also of queries that fail later. */
  void staged(String stage, Duration duration) {
    Timer.builder("heliograph.stage.duration")
        .tag("stage", stage)
        .serviceLevelObjectives(DURATIONS)
        .register(registry)
        .record(duration);
  }

  void batched(String step, int size) {
    DistributionSummary.builder("heliograph.batch.size")
        .tag("step", step)
        .serviceLevelObjectives(BATCHES)
        .register(registry)
        .record(size);
  }

  void stored(long bytes) {
    uploads.increment((double) bytes);
  }

  /** A record's outcome is known, or it has none. */
  void ended(String topic, String group, Duration duration, Optional<String> errorType) {
    Timer.builder("messaging.process.duration")
        .tag("messaging.system", "kafka")
        .tag("messaging.operation.name", "process")
        .tag("messaging.destination.name", topic)
        .tag("messaging.consumer.group.name", group)
        .tag("error.type", errorType.orElse(""))
        .serviceLevelObjectives(DURATIONS)
        .register(registry)
        .record(duration);
    errorType.ifPresent(code -> counter(FAILURES, code).increment());
  }

  /** Counts the warnings of an answer. */
  void warned(QueryOutcome outcome) {
    if (outcome instanceof QueryOutcome.Completed completed) {
      for (Warning warning : completed.answer().warnings()) {
        counter(WARNINGS, warning.code().name()).increment();
      }
    }
  }

  /** Each is there from the start: to Prometheus, a counter that begins with 1 has not grown. */
  private Counter counter(String name, String code) {
    return Counter.builder(name).tag("code", code).register(registry);
  }

  String scrape() {
    return registry.scrape();
  }

  private void outcome(
      String outcome,
      Supplier<DeliveryProgress> progress,
      ToDoubleFunction<DeliveryProgress> count) {
    FunctionCounter.builder("heliograph.queries", progress, p -> count.applyAsDouble(p.get()))
        .tag("outcome", outcome)
        .register(registry);
  }

  private void counter(
      String name, Supplier<DeliveryProgress> progress, ToDoubleFunction<DeliveryProgress> count) {
    FunctionCounter.builder(name, progress, p -> count.applyAsDouble(p.get())).register(registry);
  }

  private static Duration[] seconds(double... values) {
    return DoubleStream.of(values)
        .mapToObj(value -> Duration.ofNanos((long) (value * 1e9)))
        .toArray(Duration[]::new);
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
