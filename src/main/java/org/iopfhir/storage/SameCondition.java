// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import com.google.common.collect.Lists;
import com.google.common.util.concurrent.Striped;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/**
 * Lets only one of the writes run whose outcome depends on the same condition. The next one then finds what the first
 * has made, instead of losing against the database's unique key.
 *
 * <p>That key (HAPI's table of search URLs) still decides between several nodes. It alone is not enough: an update
 * removes it, and a writer that searched before the create may then create a second time.
 */
final class SameCondition {

    private static final int STRIPES = 256;

    private final Striped<Lock> locks = Striped.lock(STRIPES);

    /** One name for a condition, which may be written with or without its type. */
    static String name(String type, String condition) {
        return type + "?" + condition.substring(condition.indexOf('?') + 1);
    }

    /** Run {@code write} alone among those that share one of {@code conditions}. */
    <R> R alone(Collection<String> conditions, Supplier<R> write) {
        // In an order of their own, so that two Bundles never wait for each other.
        List<Lock> ordered =
                Lists.newArrayList(locks.bulkGet(conditions.stream().distinct().toList()));
        ordered.forEach(Lock::lock);
        try {
            return write.get();
        } finally {
            Lists.reverse(ordered).forEach(Lock::unlock);
        }
    }
}
