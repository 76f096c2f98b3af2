/**
 * Object storage: where artifacts go ({@link dev.heliograph.store.S3ObjectStore}, {@link
 * dev.heliograph.store.FolderObjectStore}) and where images come from ({@link
 * dev.heliograph.store.S3ImageSource} for references, {@link
 * dev.heliograph.store.GalleryImageSource} for candidates, {@link
 * dev.heliograph.store.S3ImageFolder} for building a gallery). Everything that speaks S3 shares one
 * {@link dev.heliograph.store.S3Connection}. No MinIO or OkHttp type leaves this package.
 *
 * <p>Nothing here retries: one call is one request, and the pipeline decides what happens next.
 */
@NullMarked
package dev.heliograph.store;

import org.jspecify.annotations.NullMarked;
