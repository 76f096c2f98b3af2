package dev.heliograph.app.command;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ObjectStore;
import dev.heliograph.query.Artifact;
import dev.heliograph.store.FolderObjectStore;
import java.nio.file.Path;

/** Saves one query's files side by side, under their own names. */
final class FlatFolder implements ObjectStore {
  private final FolderObjectStore folder;

  FlatFolder(Path folder) {
    this.folder = new FolderObjectStore(folder);
  }

  @Override
  public Artifact put(String key, EncodedObject object) {
    return folder.put(key.substring(key.lastIndexOf('/') + 1), object);
  }

  @Override
  public void close() {
    folder.close();
  }
}
