package dev.heliograph.messaging;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where a consumed record is. */
record RecordAddress(String topic, int partition, long offset) {
  static RecordAddress of(ConsumerRecord<?, ?> record) {
    return new RecordAddress(record.topic(), record.partition(), record.offset());
  }

  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
