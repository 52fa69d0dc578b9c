// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.consent.Labels;
import org.iopfhir.storage.EarlierRecords;
import org.iopfhir.storage.EarlierRecords.Earlier;
import org.iopfhir.storage.EarlierRecords.Relabel;
import org.iopfhir.storage.ServedTypes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Labels what an earlier release has stored without labels, and notes who may see it. It works in the background after a
 * start, record by record, and goes on where it was when it was stopped; several nodes do no harm to each other.
 */
final class Upgrade implements Runnable, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);
    private static final int AT_ONCE = 100;
    private static final long PATIENCE_MILLIS = 5_000;

    /** They are seen with others, of which that must be known before. */
    private static final Set<String> LAST = Set.of("Binary", "Provenance");

    private final EarlierRecords records;
    private final DisclosureHook disclosure;
    private final Thread thread = new Thread(this, "iop-upgrade");
    private volatile boolean isClosed;

    Upgrade(EarlierRecords records, DisclosureHook disclosure) {
        this.records = records;
        this.disclosure = disclosure;
        this.thread.setDaemon(true);
    }

    /** Begin, without waiting for the end. */
    void start() {
        thread.start();
    }

    /** Do all that there is to do. */
    @Override
    public void run() {
        Set<String> first = ServedTypes.names().stream()
                .filter(type -> Labels.isGuarded(type) && !LAST.contains(type))
                .collect(Collectors.toCollection(TreeSet::new));
        int done = 0;
        int left = 0;
        for (Set<String> types : List.of(first, LAST)) {
            List<Earlier> some = records.some(types, 0, AT_ONCE);
            while (!some.isEmpty() && !isClosed) {
                int now = (int) some.stream().filter(this::isUpgraded).count();
                done += now;
                left += some.size() - now;
                some = records.some(types, some.get(some.size() - 1).key(), AT_ONCE);
            }
        }
        if (done + left > 0) {
            LOG.info("records-upgraded count={} left={}", done, left);
        }
    }

    /** What cannot be done now stays hidden, and is tried again at the next start. */
    private boolean isUpgraded(Earlier earlier) {
        try {
            if (!isClosed) {
                records.with(earlier, (resource, relabel) -> upgrade(earlier, resource, relabel));
            }
            return !isClosed;
        } catch (RuntimeException e) {
            LOG.warn(
                    "record-not-upgraded type={} cause={}",
                    earlier.type(),
                    e.getClass().getSimpleName());
            return false;
        }
    }

    private void upgrade(Earlier earlier, Resource resource, Relabel relabel) {
        List<Coding> before = List.copyOf(resource.getMeta().getSecurity());
        Labels.stamp(null, resource);
        if (!earlier.isDeleted()) {
            List<Coding> after = resource.getMeta().getSecurity();
            List<Coding> added = without(after, before);
            if (!added.isEmpty()) {
                relabel.change(added, without(before, after));
            }
        }
        disclosure.noteEarlier(resource, earlier.isDeleted());
    }

    private static List<Coding> without(List<Coding> labels, List<Coding> others) {
        List<Coding> rest = new ArrayList<>(labels);
        rest.removeIf(label -> others.stream()
                .anyMatch(other -> label.getSystem() != null
                        && label.getSystem().equals(other.getSystem())
                        && label.getCode() != null
                        && label.getCode().equals(other.getCode())));
        return rest;
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
