// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** What this room offers to the wiring. */
@Configuration(proxyBeanMethods = false)
public class JournalBeans {

    @Bean
    AuditPlaces auditPlaces(DataSource dataSource) {
        AuditSchema.bringUpToDate(dataSource);
        AuditSpool spool = SpoolMark.spool(dataSource, AuditSpool.KEPT).orElse(null);
        return new AuditPlaces(new JdbcTemplate(dataSource), spool);
    }

    @Bean
    AuditJournal auditJournal(AuditPlaces places) {
        return new AuditJournal(places.database(), places.spool());
    }

    @Bean
    AuditFiling auditFiling(AuditPlaces places) {
        return AuditFiling.of(places.database(), places.spool());
    }

    @Bean
    DisclosureJournal disclosureJournal(DataSource dataSource, AuditFiling filing) {
        return new DisclosureJournal(new JdbcTemplate(dataSource), filing);
    }
}
