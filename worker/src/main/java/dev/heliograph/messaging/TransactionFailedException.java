package dev.heliograph.messaging;

import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A transaction did not commit, or nobody knows: see {@link TransactionWriter#isOpen}. */
final class TransactionFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Set<ProducerRecord<byte[], byte[]>> tooLarge;

  TransactionFailedException(Throwable cause, Set<ProducerRecord<byte[], byte[]>> tooLarge) {
    super(cause);
    this.tooLarge = tooLarge;
  }

  /** The records that their topic will never accept. */
  Set<ProducerRecord<byte[], byte[]>> tooLarge() {
    return tooLarge;
  }
}
