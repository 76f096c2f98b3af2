package dev.heliograph.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.heliograph.messaging.Topics;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What kustomize builds from infra/kubernetes, decoded strictly: a misspelt field fails. */
@EnabledIfEnvironmentVariable(
    named = "HELIOGRAPH_TEST_KUSTOMIZE",
    matches = ".+",
    disabledReason = "HELIOGRAPH_TEST_KUSTOMIZE does not name a kustomize binary")
class KubernetesManifestsTest {
  private static final Path OVERLAYS = Path.of("../infra/kubernetes/overlays");

  private static final Map<String, Class<?>> TYPES =
      Map.of(
          "ConfigMap", ConfigMap.class,
          "Secret", Secret.class,
          "Service", Service.class,
          "Deployment", Deployment.class,
          "NetworkPolicy", NetworkPolicy.class,
          "PodDisruptionBudget", PodDisruptionBudget.class);

  private static final ObjectMapper STRICT =
      new ObjectMapper(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false; // the models would keep unknown fields
                }
              });

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu", "cpu-queue", "gpu-queue", "cpu-audit"})
  void aWorkerRunsUnprivilegedAndHasTheTimeToFinish(String overlay) throws Exception {
    Map<String, JsonNode> manifests = build(overlay);
    PodSpec pod = deployment(manifests).getSpec().getTemplate().getSpec();
    Container worker = pod.getContainers().get(0);

    assertTrue(pod.getSecurityContext().getRunAsNonRoot());
    assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
    assertTrue(worker.getSecurityContext().getReadOnlyRootFilesystem());
    assertEquals(List.of("ALL"), worker.getSecurityContext().getCapabilities().getDrop());
    assertEquals("/livez", worker.getLivenessProbe().getHttpGet().getPath());
    assertEquals("/readyz", worker.getReadinessProbe().getHttpGet().getPath());
    Duration shutdown =
        Duration.parse(
            decode(manifests, "ConfigMap", ConfigMap.class)
                .getData()
                .get("HELIOGRAPH_WORKER_SHUTDOWN"));
    assertTrue(pod.getTerminationGracePeriodSeconds() > shutdown.toSeconds());
    assertEquals(false, pod.getEnableServiceLinks());
    assertEquals(
        1,
        decode(manifests, "PodDisruptionBudget", PodDisruptionBudget.class)
            .getSpec()
            .getMaxUnavailable()
            .getIntVal());
  }

  /** A budget without a selector is valid, and protects nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu", "cpu-queue", "gpu-queue", "cpu-audit"})
  void serviceBudgetAndPolicyAreAboutTheWorkersPods(String overlay) throws Exception {
    Map<String, JsonNode> manifests = build(overlay);
    Map<String, String> pod =
        deployment(manifests).getSpec().getTemplate().getMetadata().getLabels();
    NetworkPolicy policy = decode(manifests, "NetworkPolicy", NetworkPolicy.class);

    assertEquals(pod, decode(manifests, "Service", Service.class).getSpec().getSelector());
    assertEquals(
        pod,
        decode(manifests, "PodDisruptionBudget", PodDisruptionBudget.class)
            .getSpec()
            .getSelector()
            .getMatchLabels());
    assertEquals(pod, policy.getSpec().getPodSelector().getMatchLabels());
    assertEquals(List.of("Ingress"), policy.getSpec().getPolicyTypes());
    assertEquals(
        "http", policy.getSpec().getIngress().get(0).getPorts().get(0).getPort().getStrVal());
  }

  @Test
  void oneSealerHasTheLogsKeyAndNoWorkerHas() throws Exception {
    Map<String, JsonNode> manifests = build("cpu-audit");
    Deployment sealer = decode(manifests, "sealer Deployment", Deployment.class);
    PodSpec pod = sealer.getSpec().getTemplate().getSpec();

    assertEquals(1, sealer.getSpec().getReplicas());
    assertEquals("Recreate", sealer.getSpec().getStrategy().getType());
    assertEquals(List.of("sealer"), pod.getContainers().get(0).getArgs());
    assertTrue(pod.getSecurityContext().getRunAsNonRoot());
    assertTrue(pod.getContainers().get(0).getSecurityContext().getReadOnlyRootFilesystem());
    Set<String> workers = secrets(deployment(manifests));
    assertTrue(workers.contains("heliograph-audit"), workers::toString);
    assertFalse(workers.contains("heliograph-audit-log"), workers::toString);
    assertTrue(secrets(sealer).contains("heliograph-audit-log"));
    assertFalse(
        decode(manifests, "Service", Service.class)
            .getSpec()
            .getSelector()
            .equals(sealer.getSpec().getTemplate().getMetadata().getLabels()));
    NetworkPolicy policy = decode(manifests, "sealer NetworkPolicy", NetworkPolicy.class);
    assertEquals(
        sealer.getSpec().getTemplate().getMetadata().getLabels(),
        policy.getSpec().getPodSelector().getMatchLabels());
    assertEquals(List.of("Ingress"), policy.getSpec().getPolicyTypes());
    assertEquals(
        "heliograph-log",
        decode(manifests, "ConfigMap", ConfigMap.class).getData().get("HELIOGRAPH_AUDIT_LOG"));
  }

  /** In a job of its own: what is counted and scaled by the workers' job is no sealer. */
  @Test
  void prometheusFindsTheSealer() throws Exception {
    Map<String, JsonNode> manifests = build("cpu-audit");
    Service service = decode(manifests, "sealer Service", Service.class);
    Deployment sealer = decode(manifests, "sealer Deployment", Deployment.class);
    JsonNode monitor = manifests.get("sealer ServiceMonitor");
    Map<String, String> labels = service.getMetadata().getLabels();
    String alerts = Files.readString(Path.of("../infra/observability/alerts.yml"));

    assertEquals(
        sealer.getSpec().getTemplate().getMetadata().getLabels(), service.getSpec().getSelector());
    assertEquals(
        service.getSpec().getPorts().get(0).getName(),
        monitor.at("/spec/endpoints/0/port").asText());
    assertTrue(selects(monitor, labels));
    assertFalse(selects(manifests.get("ServiceMonitor"), labels));
    String job = labels.get(monitor.at("/spec/jobLabel").asText());
    assertTrue(alerts.contains("up{job=\"" + job + "\"}"), job);
  }

  private static boolean selects(JsonNode monitor, Map<String, String> labels) {
    JsonNode selector = monitor.at("/spec/selector/matchLabels");
    return !selector.isEmpty()
        && selector.properties().stream()
            .allMatch(label -> label.getValue().asText().equals(labels.get(label.getKey())));
  }

  private static Set<String> secrets(Deployment deployment) {
    return deployment.getSpec().getTemplate().getSpec().getContainers().get(0).getEnvFrom().stream()
        .filter(source -> source.getSecretRef() != null)
        .map(source -> source.getSecretRef().getName())
        .collect(Collectors.toSet());
  }

  /** A cluster may have no GPU to spare, and nobody notices a worker that is away. */
  @ParameterizedTest
  @CsvSource({"cpu,1,0", "gpu,0,1"})
  void anUpdateTakesNoSecondGpu(String overlay, int surge, int unavailable) throws Exception {
    RollingUpdateDeployment update =
        deployment(build(overlay)).getSpec().getStrategy().getRollingUpdate();

    assertEquals(surge, update.getMaxSurge().getIntVal());
    assertEquals(unavailable, update.getMaxUnavailable().getIntVal());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu", "cpu-queue", "gpu-queue", "cpu-audit"})
  void everyVariableIsASetting(String overlay) throws Exception {
    Map<String, JsonNode> manifests = build(overlay);
    Set<String> variables = new TreeSet<>();
    variables.addAll(decode(manifests, "ConfigMap", ConfigMap.class).getData().keySet());
    variables.addAll(decode(manifests, "Secret", Secret.class).getData().keySet());
    deployment(manifests).getSpec().getTemplate().getSpec().getContainers().get(0).getEnv().stream()
        .map(EnvVar::getName)
        .forEach(variables::add);

    variables.removeAll(WorkerVariables.all());
    assertEquals(Set.of(), variables);
  }

  @ParameterizedTest
  @CsvSource({"cpu,cpu", "gpu,cuda"})
  void eachOverlayNamesItsDevice(String overlay, String device) throws Exception {
    Container worker =
        deployment(build(overlay)).getSpec().getTemplate().getSpec().getContainers().get(0);
    Map<String, Quantity> limits = worker.getResources().getLimits();

    assertEquals(
        device,
        worker.getEnv().stream()
            .filter(variable -> variable.getName().equals("HELIOGRAPH_DEVICE"))
            .map(EnvVar::getValue)
            .findFirst()
            .orElse(""));
    assertEquals(device.equals("cuda"), limits.containsKey("nvidia.com/gpu"));
    assertTrue(worker.getResources().getRequests().containsKey("memory"));
  }

  @ParameterizedTest
  @CsvSource({
    "cpu,kafka,bootstrapServers consumerGroup lagThreshold offsetResetPolicy topic",
    "gpu-queue,prometheus,query serverAddress threshold"
  })
  void kedaScalesByWhatTheDeliveryHas(String overlay, String trigger, String metadata)
      throws Exception {
    JsonNode scaled = build(overlay).get("ScaledObject");

    assertEquals("keda.sh/v1alpha1", scaled.path("apiVersion").asText());
    assertEquals(
        Set.of(
            "scaleTargetRef", "minReplicaCount", "maxReplicaCount", "cooldownPeriod", "triggers"),
        fields(scaled.path("spec")));
    assertEquals("heliograph", scaled.at("/spec/scaleTargetRef/name").asText());
    assertEquals(1, scaled.at("/spec/triggers").size());
    JsonNode only = scaled.at("/spec/triggers/0");
    assertEquals(trigger, only.path("type").asText());
    assertEquals(new HashSet<>(Arrays.asList(metadata.split(" "))), fields(only.path("metadata")));
    only.path("metadata").forEach(value -> assertTrue(value.isTextual(), value.toString()));
  }

  @ParameterizedTest
  @CsvSource({
    "cpu,transactional,heliograph",
    "gpu,transactional,heliograph",
    "cpu-queue,queue,heliograph-queue",
    "gpu-queue,queue,heliograph-queue"
  })
  void eachDeliveryHasAGroupOfItsOwn(String overlay, String delivery, String group)
      throws Exception {
    Map<String, JsonNode> manifests = build(overlay);
    Map<String, String> settings = decode(manifests, "ConfigMap", ConfigMap.class).getData();

    assertEquals(delivery, settings.get("HELIOGRAPH_DELIVERY"));
    assertEquals(group, settings.get("HELIOGRAPH_KAFKA_GROUP"));
    JsonNode trigger = manifests.get("ScaledObject").at("/spec/triggers/0/metadata");
    if (delivery.equals("transactional")) {
      assertEquals(group, trigger.path("consumerGroup").asText());
      assertEquals(Topics.DEFAULT.queries(), trigger.path("topic").asText());
      assertEquals(
          settings.get("HELIOGRAPH_KAFKA_BOOTSTRAP_SERVERS"),
          trigger.path("bootstrapServers").asText());
    } else {
      assertEquals("max(heliograph_backlog{job=\"heliograph\"})", trigger.path("query").asText());
    }
  }

  @Test
  void alertsAndScalingFindTheWorkersByTheirJob() throws Exception {
    Map<String, JsonNode> manifests = build("cpu");
    Service service = decode(manifests, "Service", Service.class);
    String jobLabel = manifests.get("ServiceMonitor").at("/spec/jobLabel").asText();
    JsonNode compose = STRICT.readTree(Path.of("../infra/observability/prometheus.yml").toFile());

    assertEquals("heliograph", service.getMetadata().getLabels().get(jobLabel));
    assertEquals("heliograph", compose.at("/scrape_configs/0/job_name").asText());
  }

  @Test
  void prometheusFindsTheServicesPort() throws Exception {
    Map<String, JsonNode> manifests = build("cpu");
    JsonNode monitor = manifests.get("ServiceMonitor");
    Service service = decode(manifests, "Service", Service.class);

    assertEquals("monitoring.coreos.com/v1", monitor.path("apiVersion").asText());
    assertEquals(Set.of("jobLabel", "selector", "endpoints"), fields(monitor.path("spec")));
    assertEquals(
        service.getSpec().getPorts().get(0).getName(),
        monitor.at("/spec/endpoints/0/port").asText());
    monitor
        .at("/spec/selector/matchLabels")
        .properties()
        .forEach(
            label ->
                assertEquals(
                    label.getValue().asText(),
                    service.getMetadata().getLabels().get(label.getKey())));
  }

  private static Deployment deployment(Map<String, JsonNode> manifests) throws Exception {
    return decode(manifests, "Deployment", Deployment.class);
  }

  private static <T> T decode(Map<String, JsonNode> manifests, String kind, Class<T> type)
      throws Exception {
    return STRICT.treeToValue(manifests.get(kind), type);
  }

  /**
   * By {@link #key}; each of which there is one. Those of Kubernetes itself are decoded here
   * already.
   */
  private static Map<String, JsonNode> build(String overlay) throws Exception {
    Path output = Files.createTempFile("kustomize", ".yaml");
    try {
      Process kustomize =
          new ProcessBuilder(
                  System.getenv("HELIOGRAPH_TEST_KUSTOMIZE"),
                  "build",
                  OVERLAYS.resolve(overlay).toString())
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertEquals(0, kustomize.waitFor());
      Map<String, JsonNode> manifests = new LinkedHashMap<>();
      try (var documents = STRICT.readerFor(JsonNode.class).<JsonNode>readValues(output.toFile())) {
        while (documents.hasNext()) {
          JsonNode manifest = documents.next();
          assertEquals(null, manifests.put(key(manifest), manifest));
        }
      }
      for (JsonNode manifest : manifests.values()) {
        Class<?> type = TYPES.get(manifest.path("kind").asText());
        if (type != null) {
          STRICT.treeToValue(manifest, type);
        }
      }
      return manifests;
    } finally {
      Files.delete(output);
    }
  }

  /** The worker's by their kind, what belongs to the sealer with that in front. */
  private static String key(JsonNode manifest) {
    String kind = manifest.path("kind").asText();
    String component = manifest.at("/metadata/labels/app.kubernetes.io~1component").asText();
    return component.equals("worker") ? kind : component + " " + kind;
  }

  private static Set<String> fields(JsonNode node) {
    return node.properties().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
  }
}
