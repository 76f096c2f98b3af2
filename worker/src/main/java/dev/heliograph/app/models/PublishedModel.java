package dev.heliograph.app.models;

import java.util.List;

/**
 * A set of files that makes a model.
 *
 * @param name as {@code heliograph model fetch} takes it
 * @param description one line: what it is and where it comes from
 */
public record PublishedModel(String name, String description, List<PublishedFile> files) {
  public PublishedModel {
    files = List.copyOf(files);
  }
}
