package dev.heliograph.messaging;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that a share consumer holds, on its way to its acknowledgement. Belongs to the loop
 * thread, except for {@link #finish} and {@link #isDropped}.
 */
final class QueueEntry {
  /** Where the record is. Its lock is renewed until it is settled. */
  private enum Step {
    TAKEN,
    ANSWERING,
    PUBLISHING,
    ACCEPTED,
    RELEASED
  }

  private final ConsumerRecord<byte[], byte[]> record;
  private final Set<ProducerRecord<byte[], byte[]>> published =
      Collections.newSetFromMap(new IdentityHashMap<>());
  private volatile @Nullable Publication publication;
  private @Nullable Future<?> answer;
  private @Nullable PublishAttempt attempt;
  private volatile boolean dropped;
  private Step step = Step.TAKEN;

  QueueEntry(ConsumerRecord<byte[], byte[]> record) {
    this.record = record;
  }

  ConsumerRecord<byte[], byte[]> record() {
    return record;
  }

  RecordAddress address() {
    return RecordAddress.of(record);
  }

  /** How often the broker has delivered the record, this time included. */
  int deliveries() {
    return record.deliveryCount().orElse((short) 1);
  }

  long bytes() {
    return (long) Math.max(0, record.serializedKeySize())
        + Math.max(0, record.serializedValueSize());
  }

  boolean isTaken() {
    return step == Step.TAKEN;
  }

  /**
   * Its answer is under way.
   *
   * @param cancellable cancelled if the entry is dropped
   */
  void answering(Future<?> cancellable) {
    answer = cancellable;
    step = Step.ANSWERING;
  }

  /** The record's query is done; from any thread. Without effect on a record that was lost. */
  void finish(Publication result) {
    publication = result;
  }

  /** The record will come again, here or elsewhere: the query need not be computed to its end. */
  void drop() {
    dropped = true;
    if (answer != null) {
      answer.cancel(false);
    }
  }

  /** Whether it was {@link #drop dropped}; from any thread. */
  boolean isDropped() {
    return dropped;
  }

  /** What waits to be published. */
  Optional<Publication> finished() {
    return step == Step.ANSWERING ? Optional.ofNullable(publication) : Optional.empty();
  }

  void publishing(PublishAttempt running) {
    attempt = running;
    step = Step.PUBLISHING;
  }

  /** The attempt to publish that has ended. */
  Optional<PublishAttempt> ended() {
    return step == Step.PUBLISHING
        ? Optional.ofNullable(attempt).filter(PublishAttempt::isEnded)
        : Optional.empty();
  }

  boolean isPublishing() {
    return step == Step.PUBLISHING;
  }

  /** Only of a finished entry. */
  Publication publication() {
    return Optional.ofNullable(publication).orElseThrow();
  }

  /** Of what it leaves behind, that which an earlier attempt has not got out. */
  List<ProducerRecord<byte[], byte[]>> unpublished() {
    return publication().records().filter(outgoing -> !published.contains(outgoing)).toList();
  }

  /** Not all of what it leaves behind got out: the rest is tried again, or something smaller. */
  void publishAgain(Publication again, Set<ProducerRecord<byte[], byte[]>> publishedAlready) {
    published.addAll(publishedAlready);
    publication = again;
    attempt = null;
    step = Step.ANSWERING;
  }

  /** All that it leaves behind is published. */
  void accept() {
    step = Step.ACCEPTED;
  }

  /** For another delivery, here or elsewhere. */
  void release() {
    step = Step.RELEASED;
  }

  boolean isAccepted() {
    return step == Step.ACCEPTED;
  }

  boolean isSettled() {
    return step == Step.ACCEPTED || step == Step.RELEASED;
  }
}
