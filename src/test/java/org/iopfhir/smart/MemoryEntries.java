// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Entries that end by a clock of the test, where the database's own cannot be set. */
final class MemoryEntries implements Entries {

    private record Entry(String kind, String owner, String content, long expires) {}

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final Clock clock;

    MemoryEntries(Clock clock) {
        this.clock = clock;
    }

    private void clean() {
        entries.values().removeIf(entry -> entry.expires() <= clock.millis());
    }

    @Override
    public boolean add(String kind, String id, String owner, String content, long expires) {
        clean();
        return entries.putIfAbsent(kind + " " + id, new Entry(kind, owner, content, expires)) == null;
    }

    @Override
    public void put(String kind, String id, String owner, String content, long expires) {
        entries.put(kind + " " + id, new Entry(kind, owner, content, expires));
    }

    @Override
    public Optional<String> find(String kind, String id) {
        clean();
        return Optional.ofNullable(entries.get(kind + " " + id)).map(Entry::content);
    }

    @Override
    public Optional<String> take(String kind, String id) {
        clean();
        return Optional.ofNullable(entries.remove(kind + " " + id)).map(Entry::content);
    }

    @Override
    public boolean remove(String kind, String id) {
        return take(kind, id).isPresent();
    }

    @Override
    public void removeAllOf(String kind, String owner) {
        entries.values()
                .removeIf(entry -> entry.kind().equals(kind) && entry.owner().equals(owner));
    }

    @Override
    public List<String> all(String kind) {
        clean();
        return entries.values().stream()
                .filter(entry -> entry.kind().equals(kind))
                .sorted(Comparator.comparingLong(Entry::expires).reversed())
                .map(Entry::content)
                .toList();
    }

    @Override
    public List<String> allOf(String kind, String owner) {
        clean();
        return entries.values().stream()
                .filter(entry -> entry.kind().equals(kind) && entry.owner().equals(owner))
                .sorted(Comparator.comparingLong(Entry::expires).reversed())
                .map(Entry::content)
                .toList();
    }
}
