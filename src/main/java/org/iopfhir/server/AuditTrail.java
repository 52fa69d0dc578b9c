// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.time.Clock;
import java.util.Set;
import java.util.stream.Collectors;
import org.iopfhir.audit.Accesses;
import org.iopfhir.audit.BalpForm;
import org.iopfhir.audit.DescribedEvents;
import org.iopfhir.audit.PatientsOf;
import org.iopfhir.conformance.Conformance;
import org.iopfhir.storage.AuditForm;
import org.iopfhir.storage.RecordOwners;
import org.iopfhir.storage.ServedTypes;
import org.iopfhir.storage.journal.AuditJournal;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Wires the audit trail: what is written down on the way in and out, and how it is served. */
@Configuration(proxyBeanMethods = false)
class AuditTrail {

    @Bean
    PatientsOf patientsOf(RecordOwners owners) {
        return new PatientsOf(ServedTypes.names(), owners::paths);
    }

    @Bean
    AuditForm auditForm(HttpSettings http, PatientsOf patients) {
        return new BalpForm(http.baseUrl(), new DescribedEvents(patients));
    }

    @Bean
    AuditHook auditHook(
            PatientsOf patients,
            Clock clock,
            AuditJournal journal,
            AuditForm form,
            Conformance conformance,
            RecordOwners owners) {
        Set<String> published =
                conformance.publishedTypes().stream().map(Class::getSimpleName).collect(Collectors.toSet());
        return new AuditHook(new Accesses(patients, clock), journal, form, new AuditScope(published, owners));
    }

    /** Around all filters but the log, so that it sees what any of them refuses. */
    @Bean
    FilterRegistrationBean<AuditFilter> auditFilter(ObjectProvider<AuditHook> audit) {
        FilterRegistrationBean<AuditFilter> filter = new FilterRegistrationBean<>(new AuditFilter(audit::getObject));
        filter.addUrlPatterns(HttpSettings.FHIR_PATH + "/*");
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 5);
        return filter;
    }
}
