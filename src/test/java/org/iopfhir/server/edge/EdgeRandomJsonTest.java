// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.iopfhir.outcome.RefusedException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Whatever is within the limits passes; one step over a limit anywhere in it does not. */
class EdgeRandomJsonTest {

    private static final int DEPTH = 12;

    private final EdgeSettings settings =
            EdgeSettingsTest.bind(Map.of("iop.edge.content.max-json-depth", String.valueOf(DEPTH)));
    private final NumberLimit numbers = new NumberLimit(64, 99);
    private final JsonScan scan =
            new JsonScan(settings.content(), new ElementLimits(numbers, new QueryLimits(settings.query(), numbers)));
    private final ObjectMapper mapper = new ObjectMapper();

    @RepeatedTest(5)
    void passesEveryDocumentWithinTheLimits() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] document = mapper.writeValueAsBytes(object(random, DEPTH));

            assertThatCode(() -> check(document))
                    .as("seed %d, document %d: %s", seed, i, new String(document, StandardCharsets.UTF_8))
                    .doesNotThrowAnyException();
        }
    }

    @RepeatedTest(5)
    void refusesEveryDocumentThatIsCutOrHoldsAHugeNumber() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] document = mapper.writeValueAsBytes(object(random, DEPTH - 1));
            String text = new String(document, StandardCharsets.UTF_8);
            byte[] cut = java.util.Arrays.copyOf(document, random.nextInt(document.length));
            byte[] huge = ("{\"x\":[" + text + ",1e" + (100 + random.nextInt(1_000_000)) + "]}")
                    .getBytes(StandardCharsets.UTF_8);

            assertThatThrownBy(() -> check(cut)).as("seed %d, cut %d", seed, i).isInstanceOf(RefusedException.class);
            assertThatThrownBy(() -> check(huge))
                    .as("seed %d, huge %d", seed, i)
                    .isInstanceOf(RefusedException.class);
        }
    }

    @Test
    void allowsTheDeepestNestingAndNotOneMore() {
        String inner = "{\"a\":".repeat(DEPTH) + "1" + "}".repeat(DEPTH);

        assertThatCode(() -> check(inner.getBytes(StandardCharsets.UTF_8))).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(("{\"a\":" + inner + "}").getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(RefusedException.class);
    }

    private void check(byte[] document) throws IOException {
        scan.check(new Body(document, 0, document.length), false);
    }

    private static Map<String, Object> object(Random random, int depth) {
        Map<String, Object> object = new LinkedHashMap<>();
        int size = random.nextInt(5);
        for (int i = 0; i < size; i++) {
            object.put(name(random) + i, value(random, depth - 1));
        }
        return object;
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> random.nextLong();
            case 1 -> (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(150) - 75);
            case 2 -> random.nextBoolean();
            case 3 -> text(random);
            case 4 -> "e9999999 " + random.nextInt() + "e99999";
            case 5 -> object(random, depth);
            default -> list(random, depth);
        };
    }

    private static List<Object> list(Random random, int depth) {
        List<Object> list = new ArrayList<>();
        int size = random.nextInt(4);
        for (int i = 0; i < size; i++) {
            Object value = value(random, depth - 1);
            // FHIR has no array in an array, and the scan refuses it.
            list.add(value instanceof List ? object(random, depth - 1) : value);
        }
        return list;
    }

    private static String name(Random random) {
        return List.of("value", "entry", "text", "_given", "na\u00EFve", "a\"b\\")
                .get(random.nextInt(6));
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(30);
        for (int i = 0; i < length; i++) {
            // any character of any plane but the surrogates and 0
            int c = 1 + random.nextInt(random.nextBoolean() ? 0x7F : 0x10FFFE);
            text.appendCodePoint(Character.isBmpCodePoint(c) && Character.isSurrogate((char) c) ? 'x' : c);
        }
        return text.toString();
    }
}
