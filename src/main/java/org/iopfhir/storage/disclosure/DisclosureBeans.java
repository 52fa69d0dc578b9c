// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.time.Clock;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.BinaryOperator;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;

/** What this room offers to the wiring. */
@Configuration(proxyBeanMethods = false)
@Import(SearchConditions.class)
public class DisclosureBeans {

    /**
     * What the wiring must say.
     *
     * @param shared   types that are about no patient
     * @param passes   whether terms, first, let content pass: both as texts
     * @param together what a note is, first, and its Binary, second, as what both are together: all as texts
     */
    public record Rules(Set<String> shared, BiPredicate<String, String> passes, BinaryOperator<String> together) {
        public Rules {
            shared = Set.copyOf(shared);
        }
    }

    @Bean
    Disclosures disclosures(Rules rules, DataSource pool, Viewers viewers, Clock clock) {
        return new Disclosures(rules.shared(), new JdbcTemplate(pool), viewers, clock);
    }

    @Bean
    ShownConflicts shownConflicts(DataSource pool, Disclosures disclosures) {
        return new ShownConflicts(disclosures, new JdbcTemplate(pool));
    }

    @Bean
    EmergencyAccesses emergencyAccesses(DataSource pool, Clock clock) {
        return new EmergencyAccesses(new JdbcTemplate(pool), clock);
    }

    /** @param index after which the tables are there */
    @Bean
    Nodes nodes(DataSource pool, DisclosureIndex index) {
        return new Nodes(new JdbcTemplate(pool), DisclosureSchema.maySeveral(pool));
    }

    @Bean
    DisclosureQuestions disclosureQuestions(DataSource pool, Disclosures disclosures) {
        return new DisclosureQuestions(new JdbcTemplate(pool), disclosures);
    }

    @Bean
    DisclosureIndex disclosureIndex(Rules rules, DataSource pool, EntityManagerFactory entities, Clock clock) {
        DisclosureSchema.bringUpToDate(pool);
        JdbcTemplate database = new JdbcTemplate(pool);
        EntityManager written = SharedEntityManagerCreator.createSharedEntityManager(entities);
        return new DisclosureIndex(
                database,
                new Wording(database, rules.passes()),
                new NoteContexts(database, rules.together(), clock::millis),
                new Followers(database, rules.together()),
                written::flush);
    }

    @Bean
    NoteWords noteWords(NoteSettings settings, DataSource pool) {
        DisclosureSchema.bringUpToDate(pool);
        return new NoteWords(new JdbcTemplate(pool), settings);
    }
}
