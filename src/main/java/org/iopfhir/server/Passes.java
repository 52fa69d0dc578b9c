// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** The requests that are running on this node and see only what consents permit. */
final class Passes {

    private final Set<CountDownLatch> running = ConcurrentHashMap.newKeySet();

    /** A request begins, and has read nothing yet. */
    CountDownLatch enter() {
        CountDownLatch pass = new CountDownLatch(1);
        running.add(pass);
        return pass;
    }

    /** All of its answer has left. */
    void leave(CountDownLatch pass) {
        running.remove(pass);
        pass.countDown();
    }

    /** Those that run now; each is open at its end. */
    List<CountDownLatch> now() {
        return List.copyOf(running);
    }
}
