package dev.heliograph.app.worker;

import dev.heliograph.messaging.DeliveryProgress;
import dev.heliograph.messaging.StatusPublisher;
import dev.heliograph.query.QueryOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The worker's metrics, for Prometheus. {@code heliograph_queries_total} by outcome counts what was
 * published; its equation with {@code heliograph_received_total} is {@link DeliveryProgress}'s.
 * {@code heliograph_stage_seconds} and {@code heliograph_failures_total} count when a query's
 * answer is ready, before it is published. Thread-safe.
 */
final class WorkerMetrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  WorkerMetrics(Supplier<DeliveryProgress> progress) {
    outcome("completed", progress, DeliveryProgress::completed);
    outcome("failed", progress, DeliveryProgress::failed);
    outcome("expired", progress, DeliveryProgress::expired);
    outcome("cancelled", progress, DeliveryProgress::cancelled);
    counter("heliograph.received", progress, DeliveryProgress::received);
    counter("heliograph.malformed", progress, DeliveryProgress::malformed);
    counter("heliograph.abandoned", progress, DeliveryProgress::abandoned);
    counter("heliograph.released", progress, DeliveryProgress::released);
    counter("heliograph.duplicates", progress, DeliveryProgress::duplicates);
    counter("heliograph.renewed", progress, DeliveryProgress::renewed);
    counter("heliograph.dead.letters", progress, DeliveryProgress::deadLetters);
    counter("heliograph.transactions", progress, DeliveryProgress::transactions);
    counter("heliograph.transaction.aborts", progress, DeliveryProgress::aborts);
    gauge("heliograph.in.flight", progress, DeliveryProgress::inFlight);
    gauge("heliograph.in.flight.bytes", progress, DeliveryProgress::inFlightBytes);
    gauge("heliograph.paused", progress, p -> p.paused() ? 1 : 0);
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

  /** To be told of each outcome as soon as it is there. */
  void record(QueryOutcome outcome) {
    if (outcome instanceof QueryOutcome.Completed completed) {
      completed
          .answer()
          .timings()
          .forEach(
              (stage, milliseconds) ->
                  Timer.builder("heliograph.stage")
                      .tag("stage", stage)
                      .register(registry)
                      .record((long) (milliseconds * 1e6), TimeUnit.NANOSECONDS));
    } else if (outcome instanceof QueryOutcome.Failed failed) {
      Counter.builder("heliograph.failures")
          .tag("code", failed.failure().code().name())
          .register(registry)
          .increment();
    }
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

  private void gauge(
      String name, Supplier<DeliveryProgress> progress, ToDoubleFunction<DeliveryProgress> value) {
    Gauge.builder(name, progress, p -> value.applyAsDouble(p.get()))
        .strongReference(true)
        .register(registry);
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
