// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes in, for a moment, what a refused client is still sending. Closing a connection with unread bytes resets it, and
 * many clients then report a broken connection in place of the answer.
 */
final class UnreadBody {

    private static final long PATIENCE = Duration.ofMillis(500).toNanos();

    /** About a slow round trip. */
    private static final long LONGEST_GAP = Duration.ofMillis(150).toNanos();

    private static final long PAUSE = Duration.ofMillis(5).toNanos();

    private UnreadBody() {}

    /** Discard the rest of the body, without waiting long for it. */
    static void drain(HttpServletRequest request) {
        if (request.getHeader("Expect") != null) {
            // The client waits to be told to send, and was told not to.
            return;
        }
        long start = System.nanoTime();
        long last = start;
        long left = request.getContentLengthLong();
        byte[] chunk = new byte[16 * 1024];
        try {
            ServletInputStream rest = request.getInputStream();
            long now = start;
            while (left != 0 && !rest.isFinished() && now - start < PATIENCE && now - last < LONGEST_GAP) {
                if (rest.available() == 0) {
                    LockSupport.parkNanos(PAUSE);
                } else {
                    left -= Math.max(0, rest.read(chunk));
                    last = now;
                }
                now = System.nanoTime();
            }
        } catch (IOException e) {
            // The client is gone; it has the answer or does not want it.
        }
    }
}
