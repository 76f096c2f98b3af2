package dev.heliograph.messaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * How many queries (of both lanes) are published and not yet acknowledged, as the workers' group
 * sees it: what an autoscaler needs, who cannot read a share group's lag by himself. The same
 * number from every worker of a group. Records that a transaction's markers or compaction left out
 * count until the group is past them. Thread-safe.
 */
public final class Backlog implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 10;

  /** Which kind of group the workers form. */
  public enum Group {
    CONSUMER,
    SHARE
  }

  private final List<String> topics;
  private final String group;
  private final Group kind;
  private final Admin admin;

  private Backlog(List<String> topics, String group, Group kind, Admin admin) {
    this.topics = topics;
    this.group = group;
    this.kind = kind;
    this.admin = admin;
  }

  /** Opens a client; asks nothing yet. */
  public static Backlog open(MessagingConfig config, Group kind) {
    return new Backlog(
        config.topics().consumed(), config.group(), kind, new KafkaClients(config).admin());
  }

  /**
   * Asks the broker.
   *
   * @throws MessagingException if it does not answer, or has no such topic
   */
  public long measure() {
    try {
      return kind == Group.CONSUMER ? behindCommits() : behindAcknowledgements();
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw failure(new TimeoutException("no answer within " + TIMEOUT_SECONDS + " s"));
    } catch (KafkaException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException("the backlog of " + names() + " was not awaited", e);
    }
  }

  private String names() {
    return String.join(", ", topics);
  }

  private MessagingException failure(Throwable cause) {
    return new MessagingException("the backlog of " + names() + " cannot be read", cause);
  }

  private long behindCommits() throws ExecutionException, InterruptedException, TimeoutException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    Map<TopicPartition, Long> starts = offsets(partitions(), OffsetSpec.earliest());
    long backlog = 0;
    for (Map.Entry<TopicPartition, Long> end :
        offsets(starts.keySet(), OffsetSpec.latest()).entrySet()) {
      OffsetAndMetadata next = committed.get(end.getKey());
      long start = starts.get(end.getKey());
      backlog += end.getValue() - (next == null ? start : Math.max(start, next.offset()));
    }
    return Math.max(0, backlog);
  }

  /**
   * A broker that knows the lag tells it; before that, what was acknowledged out of order counts.
   */
  private long behindAcknowledgements()
      throws ExecutionException, InterruptedException, TimeoutException {
    List<TopicPartition> partitions = partitions();
    Map<TopicPartition, SharePartitionOffsetInfo> shared =
        get(
            admin
                .listShareGroupOffsets(
                    Map.of(group, new ListShareGroupOffsetsSpec().topicPartitions(partitions)))
                .partitionsToOffsetInfo(group));
    Map<TopicPartition, Long> starts = offsets(partitions, OffsetSpec.earliest());
    long backlog = 0;
    for (Map.Entry<TopicPartition, Long> end :
        offsets(partitions, OffsetSpec.latest()).entrySet()) {
      SharePartitionOffsetInfo info = shared.get(end.getKey());
      long start = starts.get(end.getKey());
      backlog +=
          info == null
              ? end.getValue() - start
              : info.lag().orElse(end.getValue() - Math.max(start, info.startOffset()));
    }
    return Math.max(0, backlog);
  }

  private List<TopicPartition> partitions()
      throws ExecutionException, InterruptedException, TimeoutException {
    List<TopicPartition> partitions = new ArrayList<>();
    for (TopicDescription topic : get(admin.describeTopics(topics).allTopicNames()).values()) {
      topic
          .partitions()
          .forEach(p -> partitions.add(new TopicPartition(topic.name(), p.partition())));
    }
    return partitions;
  }

  /** As readers see them who wait for transactions to end. */
  private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec spec)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<TopicPartition, ListOffsetsResultInfo> found =
        get(
            admin
                .listOffsets(
                    partitions.stream().collect(Collectors.toMap(p -> p, p -> spec)),
                    new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all());
    return found.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  private static <T> T get(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
