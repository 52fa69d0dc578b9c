// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The leak hunt: nobody can tell from any answer whether there are records that may not be disclosed to him. The same
 * requests get the same bytes, apart from ids and times, in a world without them, with them, and after their deletion.
 *
 * <p>A sample, by chance; {@code -Dtest.leaks.each=1} asks everything, {@code -Dtest.seed} repeats a sample.
 */
class LeakHuntApiTest {

    /** One request of so many is sent. */
    private static final int EACH = Integer.getInteger("test.leaks.each", 149);

    /** Requests of a sample that are sent by themselves too, and not in a batch. */
    private static final int DIRECT = 7;

    /** Of so many types one is written, unless all requests are sent. */
    private static final int TYPES = 18;

    private static final long SEED = Long.getLong("test.seed", System.nanoTime());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hospital",
                "hospital-of-some",
                "payer",
                "family-member",
                "patient-with-notes",
                "patient-of-a-group"
            })
    void nothingTellsOfWhatIsNotDisclosed(String name) {
        hunt(LeakWorld.of(name, RunningServer.client()));
    }

    @Test
    void nothingTellsOfTheRecordsOfAnotherProgram() {
        try (RunningServer server = RunningServer.start("--iop.part2.programs=program-one,program-two")) {
            hunt(LeakWorld.ofTwoPrograms(server, "program-one", "program-two"));
        }
    }

    /** What these write they see, so that it must not come between what they ask. */
    @ParameterizedTest
    @ValueSource(strings = {"counselor", "scheduler", "billing", "medical-director", "program-system"})
    void nothingTellsTheProgramOfAnothersCounselingNotes(String name) {
        LeakWorld world = LeakWorld.of(name, RunningServer.client());
        List<String> sample = questions(world);
        compare(world, () -> reads(world, sample));
        LeakWorld written = LeakWorld.of(name, RunningServer.client());
        compare(written, () -> writes(written));
    }

    private static void hunt(LeakWorld world) {
        List<String> sample = questions(world);
        compare(world, () -> {
            Map<String, String> answers = reads(world, sample);
            answers.putAll(writes(world));
            return answers;
        });
    }

    private static List<String> questions(LeakWorld world) {
        List<CapabilityStatementRestResourceComponent> types = types(world);
        List<String> asked = LeakQuestions.of(types, world.mine, world.theirs());
        asked.addAll(LeakQuestions.deeper(types, world.mine, world.theirs(), world.tag));
        return sample(asked, EACH);
    }

    private static void compare(LeakWorld world, Supplier<Map<String, String>> ask) {
        Map<String, String> without = ask.get();
        world.store();
        Map<String, String> with = ask.get();
        world.delete();
        Map<String, String> deleted = ask.get();

        String seed = "-Dtest.seed=" + SEED;
        assertThat(with.entrySet().stream().filter(answer -> answer.getValue().contains(world.canary)))
                .as(seed)
                .isEmpty();
        assertThat(LeakQuestions.different(without, with)).as(seed).isEmpty();
        assertThat(LeakQuestions.different(without, deleted)).as(seed).isEmpty();
    }

    private static List<CapabilityStatementRestResourceComponent> types(LeakWorld world) {
        CapabilityStatement statement =
                world.program.get("metadata").send().expect(200).as(CapabilityStatement.class);
        return statement.getRestFirstRep().getResource().stream()
                .filter(type -> world.mine.types().contains(type.getType()))
                .toList();
    }

    private static List<String> sample(List<String> all, int each) {
        Random chance = new Random(SEED);
        List<String> sample = new ArrayList<>();
        for (int from = 0; from < all.size(); from += each) {
            sample.add(all.get(Math.min(all.size() - 1, from + chance.nextInt(each))));
        }
        return sample;
    }

    private static Map<String, String> reads(LeakWorld world, List<String> sample) {
        Map<String, String> answers = new LinkedHashMap<>(LeakQuestions.answers(world.client, sample));
        assertThat(answers.values().stream().filter(answer -> answer.startsWith("200")))
                .as("-Dtest.seed=" + SEED)
                .hasSizeGreaterThan(answers.size() / 20);
        answers.putAll(LeakQuestions.direct(world.client, LeakQuestions.some(sample, DIRECT)));
        return answers;
    }

    private static Map<String, String> writes(LeakWorld world) {
        List<String> types = sample(world.theirs().types(), Math.min(EACH, TYPES));
        return new LeakWrites(world.client, world.mine, world.theirs()).send(types);
    }
}
