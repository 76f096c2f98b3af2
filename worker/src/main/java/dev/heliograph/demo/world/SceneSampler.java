package dev.heliograph.demo.world;

import dev.heliograph.demo.world.Scene.Companion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Makes scenes, descriptions and edits. Draws from its generator in the order in which {@code
 * demo-world/world.py} does: a changed order changes every later scene of a seed. Not thread-safe.
 */
public final class SceneSampler {
  private enum Kind {
    COLOUR,
    FILL,
    BACKGROUND,
    COMPANION,
    SHAPE
  }

  private static final List<Shape> SHAPES = List.of(Shape.values());
  private static final List<Colour> COLOURS = List.of(Colour.values());
  private static final List<Fill> FILLS = List.of(Fill.values());
  private static final List<Background> BACKGROUNDS = List.of(Background.values());

  private final PythonRandom random;

  public SceneSampler(PythonRandom random) {
    this.random = random;
  }

  public Scene scene() {
    Optional<Companion> companion =
        random.random() < 0.35 ? Optional.of(companion()) : Optional.empty();
    return new Scene(
        random.choice(SHAPES),
        random.choice(COLOURS),
        random.choice(FILLS),
        random.choice(BACKGROUNDS),
        companion,
        random.uniform(0.36, 0.64),
        random.uniform(0.36, 0.64),
        random.uniform(0.18, 0.3),
        random.uniform(-0.5, 0.5),
        random.below(1 << 30));
  }

  /** The same described scene, drawn elsewhere, at another size, in other tints. */
  public Scene jitter(Scene scene) {
    return scene.placedLike(scene());
  }

  /** A noun phrase that leaves attributes out at random, never the shape. */
  public String describe(Scene scene) {
    List<String> words = new ArrayList<>();
    if (random.random() < 0.75) {
      words.add(scene.fill().word());
    }
    if (random.random() < 0.85) {
      words.add(scene.colour().word());
    }
    words.add(scene.shape().word());
    String text = withArticle(String.join(" ", words));
    if (random.random() < 0.7) {
      text += " on " + withArticle(scene.background().word()) + " background";
    }
    if (scene.companion().isPresent() && random.random() < 0.85) {
      text += " with " + around(scene.companion().get());
    }
    return text;
  }

  /** Changes one attribute, or two, of what captions speak of, and draws the result elsewhere. */
  public SceneEdit edit(Scene scene) {
    List<Kind> kinds = random.sample(Arrays.asList(Kind.values()), random.random() < 0.6 ? 1 : 2);
    Scene target = scene;
    List<String> parts = new ArrayList<>();
    for (Kind kind : kinds) {
      SceneEdit part = edit(scene, target, kind);
      target = part.target();
      parts.add(part.caption());
    }
    return new SceneEdit(jitter(target), String.join(" and ", parts));
  }

  private SceneEdit edit(Scene scene, Scene target, Kind kind) {
    switch (kind) {
      case COLOUR:
        Colour colour = other(COLOURS, scene.colour());
        return new SceneEdit(
            target.withColour(colour), change(colour.word(), scene.colour().word()));
      case FILL:
        Fill fill = other(FILLS, scene.fill());
        return new SceneEdit(target.withFill(fill), change(fill.word(), scene.fill().word()));
      case BACKGROUND:
        Background background = other(BACKGROUNDS, scene.background());
        String place = withArticle(background.word()) + " background";
        return new SceneEdit(
            target.withBackground(background),
            random.choice(List.of("is on " + place, "has " + place)));
      case SHAPE:
        Shape shape = other(SHAPES, scene.shape());
        return new SceneEdit(
            target.withShape(shape),
            "is " + withArticle(shape.word()) + " instead of " + withArticle(scene.shape().word()));
      case COMPANION:
        return editCompanion(scene, target);
    }
    throw new AssertionError(kind);
  }

  private SceneEdit editCompanion(Scene scene, Scene target) {
    if (scene.companion().isPresent() && random.random() < 0.4) {
      return new SceneEdit(target.withCompanion(Optional.empty()), "has nothing around it");
    }
    Companion companion = companion();
    return new SceneEdit(target.withCompanion(Optional.of(companion)), "has " + around(companion));
  }

  private Companion companion() {
    Shape shape = random.choice(SHAPES);
    return new Companion(shape, random.choice(COLOURS));
  }

  private <T> T other(List<T> values, T current) {
    return random.choice(
        values.stream().filter(value -> value != current).collect(Collectors.toList()));
  }

  private String change(String to, String from) {
    return random.choice(List.of("is " + to, "is " + to + " instead of " + from));
  }

  private static String around(Companion companion) {
    return "small " + companion.colour().word() + " " + companion.shape().plural() + " around it";
  }

  private static String withArticle(String words) {
    return ("aeiou".indexOf(words.charAt(0)) >= 0 ? "an " : "a ") + words;
  }
}
