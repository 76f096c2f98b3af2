package dev.heliograph.app.models;

import java.nio.file.Path;

/**
 * A file that is in its place.
 *
 * @param sha256 lower-case hex, of the bytes on disk
 * @param verified whether that is a digest known beforehand; if not, it is worth noting down
 * @param downloaded false if the file was there already
 */
public record FetchedFile(
    Path path, String sha256, long bytes, boolean verified, boolean downloaded) {}
