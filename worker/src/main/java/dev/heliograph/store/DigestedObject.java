package dev.heliograph.store;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.Artifact;
import java.net.URI;

/** An object with its digest: what is stored, signed and announced is digested once. */
record DigestedObject(EncodedObject object, Sha256 sha256) {
  static DigestedObject of(EncodedObject object) {
    return new DigestedObject(object, Sha256.of(object.array(), object.length()));
  }

  Artifact at(URI uri, URI url) {
    return new Artifact(uri, url, sha256.hex(), object.length(), object.mediaType());
  }
}
