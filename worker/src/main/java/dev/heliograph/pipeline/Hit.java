package dev.heliograph.pipeline;

/**
 * @param index row in the gallery, from 0
 * @param similarity cosine with the query, in [-1, 1]
 */
public record Hit(int index, float similarity) {}
