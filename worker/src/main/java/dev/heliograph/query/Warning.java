package dev.heliograph.query;

/**
 * Something that did not stop the answer, such as an unreadable candidate.
 *
 * @param subject what it concerns, for example an image name
 */
public record Warning(FailureCode code, String message, String subject) {}
