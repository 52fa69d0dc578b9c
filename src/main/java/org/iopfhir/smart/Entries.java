// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.util.List;
import java.util.Optional;

/**
 * Where this room keeps its state: entries that expire, found by kind and id, which all nodes see at once. Times are
 * milliseconds since 1970.
 */
public interface Entries {

    /** Add an entry; false when there is one already, which then stays as it is. */
    boolean add(String kind, String id, String owner, String content, long expires);

    /** Add an entry, or replace what is there. */
    void put(String kind, String id, String owner, String content, long expires);

    /** The content of an entry that has not expired. */
    Optional<String> find(String kind, String id);

    /** Remove an entry, and return its content to the one caller who has removed it. */
    Optional<String> take(String kind, String id);

    /** Remove an entry; false when there is none. */
    boolean remove(String kind, String id);

    /** Remove all entries of a kind that belong to an owner. */
    void removeAllOf(String kind, String owner);

    /** The contents of all entries of a kind, the one that expires last first. */
    List<String> all(String kind);

    /** The contents of all entries of a kind that belong to an owner, the one that expires last first. */
    List<String> allOf(String kind, String owner);
}
