package dev.heliograph.messaging;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Publishes dead letters again, where they came from: their key, value and original headers, a
 * counter, and where they have been. The dead letters stay where they are. Each is redriven once,
 * however often that is asked for; one that fails again is a new dead letter, until the counter
 * ends it. A query whose completion said FAILED gets a second completion.
 */
public final class Redrive {
  private final Topics topics;
  private final MessagingConfig config;
  private final KafkaClients clients;
  private final DeadLetters letters;

  public Redrive(MessagingConfig config, DeadLetters letters) {
    this.topics = config.topics();
    this.config = config;
    this.clients = new KafkaClients(config);
    this.letters = letters;
  }

  /**
   * How far to go.
   *
   * @param limit letters redriven at most
   * @param maxRedrives a letter that was redriven so often already is left alone
   * @param interval between two letters at least
   * @param dryRun only tells what would be redriven
   */
  public record Limits(int limit, int maxRedrives, Duration interval, boolean dryRun) {
    public Limits {
      require(limit, "limit");
      require(maxRedrives, "maxRedrives");
      if (interval.isNegative()) {
        throw new IllegalArgumentException("interval: " + interval + " is negative");
      }
    }

    private static void require(int value, String name) {
      if (value < 1) {
        throw new IllegalArgumentException(name + ": " + value + " is below 1");
      }
    }
  }

  /** What became of one letter that the filter accepts. */
  public enum Fate {
    /** Published again, or would be if this was not a dry run. */
    REDRIVEN,
    /** Published again by an earlier command. */
    ALREADY_REDRIVEN,
    /** Failed again each time: its counter is at the limit. */
    TOO_OFTEN,
    /** Not of a topic that this configuration reads queries from. */
    FOREIGN_TOPIC,
    /** Its value was too large to be kept: it must be read at its origin. */
    VALUE_OMITTED
  }

  /** Told of one letter after the other. */
  public interface Report {
    void told(DeadLetter letter, Fate fate);
  }

  /**
   * Redrives what the filter accepts, oldest first within a partition. What is done is done if this
   * fails or is interrupted in between; the next command goes on from there.
   *
   * @throws MessagingException if Kafka or the topic cannot be read or written
   */
  public void run(Predicate<DeadLetter> filter, Limits limits, Report report) {
    try (TopicReader reader = new TopicReader(clients, topics.deadLetters());
        RedriveProgress progress =
            new RedriveProgress(
                config, clients, Set.copyOf(reader.partitions()), limits.dryRun())) {
      Pass pass = new Pass(filter, limits, report, progress);
      reader.readAll(record -> pass.visit(letters.read(record)));
    } catch (KafkaException e) {
      throw new MessagingException("redriving " + topics.deadLetters() + " failed", e);
    }
  }

  /** One command's way through the topic. */
  private final class Pass {
    private final Predicate<DeadLetter> filter;
    private final Limits limits;
    private final Report report;
    private final RedriveProgress progress;
    private final Map<TopicPartition, Long> before = new HashMap<>();
    private int redriven;

    Pass(Predicate<DeadLetter> filter, Limits limits, Report report, RedriveProgress progress) {
      this.filter = filter;
      this.limits = limits;
      this.report = report;
      this.progress = progress;
    }

    /** Whether there is more to do. */
    boolean visit(DeadLetter letter) {
      TopicPartition partition = new TopicPartition(topics.deadLetters(), letter.partition());
      long after = before.getOrDefault(partition, -1L);
      if (filter.test(letter)) {
        Fate fate = fate(letter, partition);
        if (fate == Fate.REDRIVEN) {
          redrive(letter, partition, after);
        }
        report.told(letter, fate);
      }
      before.put(partition, letter.offset());
      return redriven < limits.limit() && !Thread.currentThread().isInterrupted();
    }

    private Fate fate(DeadLetter letter, TopicPartition partition) {
      if (progress.contains(partition, letter.offset())) {
        return Fate.ALREADY_REDRIVEN;
      }
      if (letter.header(DeadLetterHeaders.VALUE_OMITTED).isPresent()) {
        return Fate.VALUE_OMITTED;
      }
      if (letter.originalTopic().filter(topics.consumed()::contains).isEmpty()) {
        return Fate.FOREIGN_TOPIC;
      }
      return letter.redrives() >= limits.maxRedrives() ? Fate.TOO_OFTEN : Fate.REDRIVEN;
    }

    private void redrive(DeadLetter letter, TopicPartition partition, long after) {
      redriven++;
      if (limits.dryRun()) {
        return;
      }
      if (redriven > 1) {
        pause();
      }
      progress.publish(again(letter), partition, after, letter.offset());
    }

    private void pause() {
      try {
        TimeUnit.NANOSECONDS.sleep(limits.interval().toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MessagingException("interrupted", e);
      }
    }
  }

  private ProducerRecord<byte[], byte[]> again(DeadLetter letter) {
    Headers headers = new RecordHeaders();
    for (DeadLetter.Header header : letter.headers()) {
      if (!header.name().startsWith(DeadLetterHeaders.PREFIX)
          && !header.name().startsWith(DeadLetterHeaders.OURS)) {
        headers.add(header.name(), header.value());
      }
    }
    EventHeaders.put(headers, DeadLetterHeaders.REDRIVES, Integer.toString(letter.redrives() + 1));
    EventHeaders.put(
        headers,
        DeadLetterHeaders.REDRIVEN_FROM,
        topics.deadLetters() + "-" + letter.partition() + "@" + letter.offset());
    String topic = letter.originalTopic().orElseThrow();
    return new ProducerRecord<>(topic, null, letter.key(), letter.value(), headers);
  }
}
