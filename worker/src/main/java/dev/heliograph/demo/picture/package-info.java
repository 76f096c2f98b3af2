/** JPEG files through the JDK's own codec, and small versions of pictures. */
@NullMarked
package dev.heliograph.demo.picture;

import org.jspecify.annotations.NullMarked;
