/**
 * The audit trail: every query leaves a signed record of what was asked, what computed it and what
 * was answered; the records' digests go into an append-only log; and all of it can be checked, and
 * computed again, years later, from files and public keys alone.
 *
 * <ul>
 *   <li>{@link dev.heliograph.audit.ExplanationRecorder} makes a query's record: an in-toto
 *       Statement v1 in a DSSE envelope, signed with Ed25519.
 *   <li>{@link dev.heliograph.audit.Sealer} appends records to a log in C2SP tlog-tiles layout, by
 *       way of the ports {@link dev.heliograph.audit.LogStore} and {@link
 *       dev.heliograph.audit.PendingRecords}.
 *   <li>{@link dev.heliograph.audit.RecordVerifier} and {@link dev.heliograph.audit.LogVerifier}
 *       check a record and a whole log, and name what is wrong.
 *   <li>{@link dev.heliograph.audit.ReplayComparison} compares a record with the answer computed
 *       again.
 *   <li>{@link dev.heliograph.audit.KeyGenerator}, {@link dev.heliograph.audit.SigningKey} and
 *       {@link dev.heliograph.audit.TrustedKeys} hold the keys. There is no default key.
 * </ul>
 *
 * <p>What is signed is canonical JSON (RFC 8785), so that equal values are equal bytes on every
 * JDK. What is read may be hostile: parsers throw {@link dev.heliograph.audit.AuditFormatException}
 * and nothing else, and read nothing outside of what they were given. Nothing here knows a broker,
 * an object store or a model.
 */
@NullMarked
package dev.heliograph.audit;

import org.jspecify.annotations.NullMarked;
