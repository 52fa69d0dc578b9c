// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.iopfhir.testing.Callers.Who;

/**
 * Several requests that are compared with the first of them, sent in turns within one run: first until next to nothing is
 * compiled any more, then for as many rounds as are measured.
 *
 * @param requests to be sent
 * @param times    how often each is sent in a turn
 */
record Turns(Requests requests, int times) {

    private static final double WARM = 0.03;
    private static final int LONGEST_WARMING = 20;

    /** Before a turn a part of it is sent and not counted. */
    private static final int SETTLING = 4;

    /** Whoever asks for the trail has all that was written before moved to where it is searched. */
    private static final String FILES = "AuditEvent?_id=nothing";

    /** Rounds, so that one without a compilation by chance does not end the warming. */
    private static final int WARM_ROUNDS = 3;

    /**
     * One kind of request.
     *
     * @param before what makes the server as it is to be
     */
    record Turn(Runnable before, String path, Who who) {}

    /** The median of each kind, CPU milliseconds for one request. */
    List<Double> measure(List<Turn> turns, int rounds) throws IOException, InterruptedException {
        warm(turns);
        List<List<Double>> all =
                turns.stream().<List<Double>>map(turn -> new ArrayList<>()).toList();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < turns.size(); i++) {
                all.get(i).add(send(turns.get(i)));
            }
        }
        return all.stream().map(Turns::median).toList();
    }

    private void warm(List<Turn> turns) throws IOException, InterruptedException {
        int quiet = 0;
        for (int round = 0; quiet < WARM_ROUNDS && round < LONGEST_WARMING; round++) {
            ProcessorTime time = new ProcessorTime();
            time.start();
            for (Turn turn : turns) {
                send(turn);
            }
            quiet = time.shareOfCompiler() < WARM ? quiet + 1 : 0;
        }
        if (quiet < WARM_ROUNDS) {
            System.err.println("NOT WARM: something is still compiled");
        }
    }

    private double send(Turn turn) throws IOException, InterruptedException {
        turn.before().run();
        // After a change of hooks some of the compiled code is thrown away.
        requests.cpuOf(turn.path(), turn.who(), times / SETTLING, FILES);
        // What the server puts off is part of the turn that made it.
        return requests.cpuOf(turn.path(), turn.who(), times, FILES);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** One line of a table: the first of {@code medians}, and each other one with what it is of the first. */
    static String row(String kind, List<Double> medians) {
        StringBuilder row = new StringBuilder("| " + kind + " |");
        double first = medians.get(0);
        row.append(String.format(Locale.ROOT, " %.2f |", first));
        for (double other : medians.subList(1, medians.size())) {
            row.append(String.format(Locale.ROOT, " %.2f | %.2f |", other, other / first));
        }
        return row.toString();
    }
}
