package dev.heliograph.messaging;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One share consumer and the records it holds: keeps their locks, and acknowledges each as soon as
 * it is settled. Belongs to the loop thread; no call waits for the broker.
 *
 * <p>What Kafka's client (4.4) demands, and why this class is as it is: it fetches again only when
 * all it holds is acknowledged for good. A renewed record is away until the broker has answered and
 * it was polled once more; it can be acknowledged only then. A poll while renewals are on their way
 * would fetch records that nobody takes up until the others are settled, so renewals go out by
 * {@code commitAsync}, and the records are polled back when all renewals are answered.
 */
final class QueueConsumer {
  private static final Logger log = LoggerFactory.getLogger(QueueConsumer.class);

  /** Until the broker has said how long its locks last; no broker's are shorter by default. */
  private static final Duration SHORTEST_LOCK = Duration.ofSeconds(15);

  /** Two renewals can fail before a lock ends. */
  private static final int RENEWALS_PER_LOCK = 3;

  /** Hears what became of acknowledgements. */
  interface Listener {
    /** The broker has the acceptance. */
    void accepted(QueueEntry entry);

    /** The lock was extended. */
    void renewed(QueueEntry entry);

    /** The lock is lost: the record is, or will be, delivered again. */
    void lost(QueueEntry entry);
  }

  private final ShareConsumer<byte[], byte[]> consumer;
  private final Listener listener;
  private final Map<RecordAddress, QueueEntry> held = new LinkedHashMap<>();
  private final Map<RecordAddress, QueueEntry> settling = new HashMap<>();
  private final Set<RecordAddress> renewing = new HashSet<>();
  private boolean fetching;
  private boolean away;
  private long renewAtNanos;

  QueueConsumer(ShareConsumer<byte[], byte[]> consumer, String topic, Listener listener) {
    this.consumer = consumer;
    this.listener = listener;
    consumer.setAcknowledgementCommitCallback(this::answered);
    consumer.subscribe(List.of(topic));
  }

  /**
   * Takes new records if none are held.
   *
   * @param more whether to ask for any; what was asked for before is taken in any case, because its
   *     locks run
   */
  List<QueueEntry> take(boolean more) {
    if (!held.isEmpty() || !(more || fetching)) {
      return List.of();
    }
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ZERO)) {
      QueueEntry entry = new QueueEntry(record);
      held.put(entry.address(), entry);
    }
    fetching = held.isEmpty();
    renewAfterAWhile();
    return List.copyOf(held.values());
  }

  Collection<QueueEntry> held() {
    return List.copyOf(held.values());
  }

  /** Acknowledges what is settled, and renews the other locks if it is time. */
  void acknowledge() {
    consumer.commitAsync(); // sends nothing here, but delivers the answers that are there
    if (away && renewing.isEmpty()) {
      takeBack();
    }
    if (!away) {
      settle();
      if (!held.isEmpty() && System.nanoTime() - renewAtNanos >= 0) {
        renew();
      }
      consumer.commitAsync();
    }
  }

  private void settle() {
    for (QueueEntry entry : held()) {
      if (entry.isSettled()) {
        AcknowledgeType type =
            entry.isAccepted() ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE;
        consumer.acknowledge(entry.record(), type);
        held.remove(entry.address());
        settling.put(entry.address(), entry);
      }
    }
  }

  private void renew() {
    for (QueueEntry entry : held.values()) {
      consumer.acknowledge(entry.record(), AcknowledgeType.RENEW);
      renewing.add(entry.address());
    }
    away = true;
  }

  /** Renewed records come back by a poll, and only they do as long as there are any. */
  private void takeBack() {
    away = false;
    if (held.isEmpty()) {
      return;
    }
    Set<RecordAddress> back = new HashSet<>();
    consumer.poll(Duration.ZERO).forEach(record -> back.add(RecordAddress.of(record)));
    for (QueueEntry entry : held()) {
      if (back.contains(entry.address())) {
        listener.renewed(entry);
      } else {
        lose(entry, null);
      }
    }
    renewAfterAWhile();
  }

  private void renewAfterAWhile() {
    long lock =
        consumer
            .acquisitionLockTimeoutMs()
            .map(milliseconds -> milliseconds * 1_000_000L)
            .orElse(SHORTEST_LOCK.toNanos());
    renewAtNanos = System.nanoTime() + lock / RENEWALS_PER_LOCK;
  }

  /** Called by the client inside of poll, commit and close, on the loop thread. */
  private void answered(Map<TopicIdPartition, Set<Long>> offsets, @Nullable Exception error) {
    offsets.forEach(
        (partition, ofPartition) ->
            ofPartition.forEach(
                offset ->
                    answered(
                        new RecordAddress(partition.topic(), partition.partition(), offset),
                        error)));
  }

  private void answered(RecordAddress address, @Nullable Exception error) {
    if (renewing.remove(address)) {
      QueueEntry entry = held.get(address);
      if (entry != null && error != null) {
        lose(entry, error);
      }
      return;
    }
    QueueEntry entry = settling.remove(address);
    if (entry != null && error != null) {
      log.warn("{}: the acknowledgement is lost: {}", address, error.toString());
    } else if (entry != null && entry.isAccepted()) {
      listener.accepted(entry);
    }
  }

  private void lose(QueueEntry entry, @Nullable Exception error) {
    log.warn("{}: the lock is lost: {}", entry.address(), String.valueOf(error));
    held.remove(entry.address());
    listener.lost(entry);
  }

  /** Leaves the group. The broker releases what is not acknowledged. */
  void close(Duration timeout) {
    consumer.close(timeout);
  }
}
