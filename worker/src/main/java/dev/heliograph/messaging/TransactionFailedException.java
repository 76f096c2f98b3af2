package dev.heliograph.messaging;

import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A transaction did not commit, or nobody knows: see {@link TransactionWriter#isOpen}. */
final class TransactionFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Optional<ProducerRecord<byte[], byte[]>> tooLarge;

  TransactionFailedException(Throwable cause, Optional<ProducerRecord<byte[], byte[]>> tooLarge) {
    super(cause);
    this.tooLarge = tooLarge;
  }

  /** A record that its topic will never accept, if that is why. There may be more of them. */
  Optional<ProducerRecord<byte[], byte[]>> tooLarge() {
    return tooLarge;
  }
}
