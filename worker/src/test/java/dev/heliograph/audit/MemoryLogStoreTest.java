package dev.heliograph.audit;

/** The fake keeps the contract too. */
class MemoryLogStoreTest extends LogStoreContract {
  @Override
  protected LogStore store() {
    return new MemoryLogStore();
  }
}
