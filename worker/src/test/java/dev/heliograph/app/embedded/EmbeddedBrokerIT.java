package dev.heliograph.app.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class EmbeddedBrokerIT {
  private static final int TOPICS = 30;

  /** Whether a topic is known when it was created is a matter of milliseconds: so, many of them. */
  @Test
  void clientsSayNothingWhileTopicsAreCreated() {
    Logger clients = (Logger) LoggerFactory.getLogger("org.apache.kafka.clients");
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    try (EmbeddedBroker broker = EmbeddedBroker.start()) {
      clients.setLevel(Level.WARN);
      clients.addAppender(said);
      for (int i = 0; i < TOPICS; i++) {
        broker.createTopics(2, "topic-" + i);
      }
      clients.detachAppender(said); // the broker has a client, too, that it closes twice
    } finally {
      clients.detachAppender(said);
      clients.setLevel(null);
    }
    assertEquals(List.of(), said.list);
  }
}
