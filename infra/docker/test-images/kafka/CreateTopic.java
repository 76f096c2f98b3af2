import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** {@code kafka-topics.sh --create} with the options that docker-compose.yml gives it. */
final class CreateTopic {
  private CreateTopic() {}

  public static void main(String[] arguments) throws Exception {
    Map<String, String> options = new HashMap<>();
    Map<String, String> configs = new HashMap<>();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--create", "--if-not-exists" -> {}
        case "--config" -> {
          String[] config = arguments[++i].split("=", 2);
          configs.put(config[0], config[1]);
        }
        case "--bootstrap-server", "--topic", "--partitions", "--replication-factor" ->
            options.put(arguments[i], arguments[++i]);
        default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
      }
    }
    NewTopic topic =
        new NewTopic(
                options.get("--topic"),
                Integer.parseInt(options.get("--partitions")),
                Short.parseShort(options.get("--replication-factor")))
            .configs(configs);
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", options.get("--bootstrap-server")))) {
      admin.createTopics(List.of(topic)).all().get();
      System.out.println("Created topic " + topic.name() + ".");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }
}
