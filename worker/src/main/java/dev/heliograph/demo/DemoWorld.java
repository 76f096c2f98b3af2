package dev.heliograph.demo;

import dev.heliograph.demo.picture.Jpeg;
import dev.heliograph.demo.world.PictureSize;
import dev.heliograph.demo.world.PythonRandom;
import dev.heliograph.demo.world.Region;
import dev.heliograph.demo.world.Scene;
import dev.heliograph.demo.world.SceneDrawing;
import dev.heliograph.demo.world.SceneEdit;
import dev.heliograph.demo.world.SceneEdit.Attribute;
import dev.heliograph.demo.world.ScenePainter;
import dev.heliograph.demo.world.SceneSampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A gallery of drawn scenes and queries whose answers are in it. Always the same: the scenes come
 * from one seed, and the queries are the first of their kind that it gives, not the ones that work
 * best.
 *
 * <p>All pictures have side ratios below 1.25 except one, which is wide. The model sees only a part
 * of that one, between black bars, and its map shows where.
 */
public final class DemoWorld {
  /** How many pictures the gallery has. */
  public static final int PICTURES = 300;

  /** Not the one of the scenes that the demo model was trained on, which is 7. */
  private static final long SEED = 2026;

  private static final PictureSize WIDE = new PictureSize(640, 360);
  private static final float QUALITY = 0.92f;

  private final List<Picture> gallery;
  private final List<DemoQuery> queries;

  private DemoWorld(List<Picture> gallery, List<DemoQuery> queries) {
    this.gallery = gallery;
    this.queries = queries;
  }

  private record Picture(Scene scene, PictureSize size, String name) {}

  public static DemoWorld create() {
    PythonRandom random = new PythonRandom(SEED);
    SceneSampler sampler = new SceneSampler(random);
    Map<QueryKind, SceneEdit> edits = firstOfEachKind(sampler);
    List<Scene> scenes = new ArrayList<>();
    edits.values().forEach(edit -> scenes.add(edit.target()));
    while (scenes.size() < PICTURES) {
      scenes.add(sampler.scene());
    }
    int[] places = IntStream.range(0, PICTURES).toArray();
    random.shuffle(places);

    List<QueryKind> kinds = List.copyOf(edits.keySet());
    List<Picture> gallery = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      boolean wide = i < kinds.size() && kinds.get(i) == QueryKind.WIDE;
      PictureSize size = wide ? WIDE : PictureSize.unpadded(i);
      gallery.add(new Picture(scenes.get(i), size, name(scenes.get(i), places[i])));
    }
    List<DemoQuery> queries = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      queries.add(query(i, kinds.get(i), edits.get(kinds.get(i)), gallery.get(i)));
    }
    return new DemoWorld(gallery, queries);
  }

  /** One query per kind of edit, and one whose target is the wide picture. */
  public List<DemoQuery> queries() {
    return List.copyOf(queries);
  }

  /** Names of all pictures, in the order in which they are written. */
  public List<String> names() {
    return gallery.stream().map(Picture::name).collect(Collectors.toList());
  }

  /** Draws the gallery into a folder, which is created, as JPEG files of 9 MB in all. */
  public void writeGallery(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Picture picture : gallery) {
      SceneDrawing drawing = ScenePainter.draw(picture.scene(), picture.size());
      Files.write(folder.resolve(picture.name()), Jpeg.encode(drawing.image(), QUALITY));
    }
  }

  private static Map<QueryKind, SceneEdit> firstOfEachKind(SceneSampler sampler) {
    Map<QueryKind, SceneEdit> edits = new EnumMap<>(QueryKind.class);
    while (edits.size() < QueryKind.values().length) {
      SceneEdit edit = sampler.edit(sampler.scene());
      for (QueryKind kind : QueryKind.values()) {
        if (!edits.containsKey(kind) && kind.matches(edit)) {
          edits.put(kind, edit);
          break;
        }
      }
    }
    return edits;
  }

  private static DemoQuery query(int index, QueryKind kind, SceneEdit edit, Picture target) {
    SceneDrawing reference = ScenePainter.draw(edit.source(), PictureSize.unpadded(index + 2));
    return new DemoQuery(
        "demo-" + (index + 1) + "-" + kind.word,
        Jpeg.encode(reference.image(), QUALITY),
        reference.image(),
        target.name(),
        ScenePainter.draw(target.scene(), target.size()),
        edit);
  }

  private static String name(Scene scene, int place) {
    String companions =
        scene
            .companion()
            .map(small -> "-with-" + small.colour().word() + "-" + small.shape().plural())
            .orElse("");
    return String.format(
        "%03d-%s-%s-%s%s-on-%s.jpg",
        place,
        scene.fill().word(),
        scene.colour().word(),
        scene.shape().word(),
        companions,
        scene.background().word());
  }

  /** What a query shows. The order is that of the queries. */
  private enum QueryKind {
    COLOUR("colour", Set.of(Attribute.COLOUR)),
    SHAPE("shape", Set.of(Attribute.SHAPE)),
    BACKGROUND("background", Set.of(Attribute.BACKGROUND)),
    SMALL_OBJECTS("small-objects", Set.of(Attribute.SMALL_OBJECTS)),
    FILL("fill", Set.of(Attribute.FILL)),
    TWO_AT_ONCE("two-at-once", Set.of(Attribute.SMALL_OBJECTS, Attribute.COLOUR)),
    WIDE("wide", Set.of(Attribute.BACKGROUND, Attribute.SHAPE));

    private final String word;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable
    private final Set<Attribute> asked;

    QueryKind(String word, Set<Attribute> asked) {
      this.word = word;
      this.asked = asked;
    }

    /** Edits that take small objects away are left out: there is nothing to point at. */
    private boolean matches(SceneEdit edit) {
      boolean visible =
          !asked.contains(Attribute.SMALL_OBJECTS) || edit.changed().contains(Region.SMALL_OBJECTS);
      return visible && asked.equals(Set.copyOf(edit.asked()));
    }
  }
}
