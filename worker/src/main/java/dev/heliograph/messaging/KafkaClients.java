package dev.heliograph.messaging;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Opens Kafka clients as the configuration says. Whoever asks for one closes it. */
class KafkaClients {
  private final MessagingConfig config;

  KafkaClients(MessagingConfig config) {
    this.config = config;
  }

  /** Where brokers are looked for, for messages. */
  String servers() {
    return config.bootstrapServers();
  }

  /** A member of the workers' group. */
  Consumer<byte[], byte[]> groupConsumer() {
    return groupConsumer(config.group(), config.maxPollRecords());
  }

  /** A member of a group of another role. */
  Consumer<byte[], byte[]> groupConsumer(String group, int maxPollRecords) {
    Map<String, Object> properties = consumerProperties();
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords);
    // The name shows in the group's description and in the broker's logs.
    properties.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, config.worker());
    switch (config.groupProtocol()) {
      case CLASSIC ->
          properties.put(
              ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
              CooperativeStickyAssignor.class.getName());
      case CONSUMER -> properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
    }
    return new KafkaConsumer<>(properties);
  }

  /** A member of the workers' share group. One worker has several, see {@link QueueLoop}. */
  ShareConsumer<byte[], byte[]> shareConsumer() {
    Map<String, Object> properties = clientProperties(ClientProperties.CONSUMER_PREFIX);
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, config.group());
    properties.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, config.worker());
    properties.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
    properties.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, config.shareConsumerRecords());
    properties.putIfAbsent(
        ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
        (int) Math.min(Integer.MAX_VALUE, config.maxInFlightBytes() / config.shareConsumers()));
    // A consumer polls only when it holds nothing. A dead loop is noticed by the locks that end.
    properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
    return new KafkaShareConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** A consumer outside of any group, to read whole topics. */
  Consumer<byte[], byte[]> reader() {
    Map<String, Object> properties = classicProperties();
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(properties);
  }

  /** Knows what a group has committed, without being a member. */
  Consumer<byte[], byte[]> groupReader(String group) {
    Map<String, Object> properties = classicProperties();
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    return new KafkaConsumer<>(properties);
  }

  Admin admin() {
    return Admin.create(clientProperties(ClientProperties.ADMIN_PREFIX));
  }

  Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(producerProperties());
  }

  /** Gives up early: a late status is of no use, and only so many may wait. */
  Producer<byte[], byte[]> statusProducer() {
    Map<String, Object> properties = producerProperties();
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 8L << 20);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1 << 20);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 15_000);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    return new KafkaProducer<>(properties);
  }

  /** For {@link QueueLoop}, which has locks to renew and so does not wait long for the broker. */
  Producer<byte[], byte[]> queueProducer() {
    Map<String, Object> properties = new HashMap<>(producerProperties());
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 3_000);
    return new KafkaProducer<>(properties);
  }

  Producer<byte[], byte[]> transactionalProducer(String transactionalId) {
    Map<String, Object> properties = producerProperties();
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    properties.put(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) config.transactionTimeout().toMillis());
    return new KafkaProducer<>(properties);
  }

  private Map<String, Object> consumerProperties() {
    Map<String, Object> properties = clientProperties(ClientProperties.CONSUMER_PREFIX);
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return properties;
  }

  /** Of a consumer that is no member of a group: it refuses what only the other protocol knows. */
  private Map<String, Object> classicProperties() {
    Map<String, Object> properties = consumerProperties();
    properties.remove(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);
    return properties;
  }

  private Map<String, Object> producerProperties() {
    Map<String, Object> properties = clientProperties(ClientProperties.PRODUCER_PREFIX);
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, config.maxRecordBytes());
    // Everything in the buffer belongs to one transaction, whose largest record must fit.
    properties.putIfAbsent(
        ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(32L << 20, 2L * config.maxRecordBytes()));
    // A transaction waits this long for the broker before the loop polls again.
    properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, 30_000);
    return properties;
  }

  private Map<String, Object> clientProperties(String prefix) {
    Map<String, Object> properties = ClientProperties.of(config.clientProperties(), prefix);
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    return properties;
  }
}
