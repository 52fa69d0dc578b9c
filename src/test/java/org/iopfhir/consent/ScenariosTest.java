// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.iopfhir.consent.Clause.Effect;
import org.junit.jupiter.api.Test;

/** The clauses against the same rules in plain words. */
class ScenariosTest {
    private static final long SEED = 20260216;
    private static final int SCENARIOS = 100_000;

    private final ConsentReader reader = new ConsentReader();
    private int permitted;
    private int overridden;

    @Test
    void decidesAsThePlainRulesDo() {
        Scenarios scenarios = new Scenarios(SEED);

        for (int number = 0; number < SCENARIOS; number++) {
            Scenario scenario = scenarios.next();
            Question question = scenario.request().question();
            List<Clause> clauses = clauses(scenario);
            assertThat(question.isPermitted(clauses))
                    .as("seed %d, scenario %d: %s", SEED, number, scenario)
                    .isEqualTo(scenario.isPermitted());
            count(clauses, question);
        }

        assertThat(permitted).as("permitted of all").isGreaterThan(SCENARIOS / 20);
        assertThat(overridden).as("permitted and denied").isGreaterThan(SCENARIOS / 200);
    }

    @Test
    void decidesTheSameByTermsThatWereWrittenDown() {
        Scenarios scenarios = new Scenarios(SEED + 1);

        for (int number = 0; number < SCENARIOS / 10; number++) {
            Scenario scenario = scenarios.next();
            ContentClass content = scenario.request().question().content();
            assertThat(ContentClass.parse(content.text())).isEqualTo(content);
            for (Clause clause : clauses(scenario)) {
                ContentTerms again = ContentTerms.parse(clause.terms().text());
                assertThat(again).isEqualTo(clause.terms());
                assertThat(again.covers(content)).isEqualTo(clause.terms().covers(content));
            }
        }
    }

    private List<Clause> clauses(Scenario scenario) {
        return scenario.written("c", "Patient/marigold-testwell", "Organization/clearwater").stream()
                .flatMap(consent -> reader.read(consent).clauses().stream())
                .toList();
    }

    private void count(List<Clause> clauses, Question question) {
        boolean permits =
                clauses.stream().anyMatch(clause -> clause.effect() == Effect.PERMIT && question.isOf(clause));
        boolean denies = clauses.stream().anyMatch(clause -> clause.effect() == Effect.DENY && question.isOf(clause));
        permitted += permits && !denies ? 1 : 0;
        overridden += permits && denies ? 1 : 0;
    }
}
