package dev.heliograph.app.command;

import dev.heliograph.audit.KeyGenerator;
import dev.heliograph.audit.NoteVerifier;
import dev.heliograph.audit.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The demo's own keys, made for it in its folder at its first run: they vouch for nothing else.
 *
 * @param records signs records
 * @param log signs checkpoints
 */
record DemoKeys(Path records, Path log) {
  private static final String LOG_NAME = "heliograph-demo";

  static DemoKeys in(Path folder) throws IOException {
    Path keys = Files.createDirectories(folder.resolve("keys"));
    return new DemoKeys(made(keys.resolve("records.pem")), made(keys.resolve("log.pem")));
  }

  private static Path made(Path file) throws IOException {
    if (!Files.exists(file)) {
      KeyGenerator.generate(file);
    }
    return file;
  }

  String logName() {
    return LOG_NAME;
  }

  /** What an auditor of the demo trusts records by. */
  Path publicKey() {
    return records.resolveSibling(records.getFileName() + ".pub");
  }

  /** What an auditor of the demo trusts the log by. */
  String verifierKey() throws IOException {
    return new NoteVerifier(LOG_NAME, SigningKey.read(log).publicKey()).toVkey();
  }
}
