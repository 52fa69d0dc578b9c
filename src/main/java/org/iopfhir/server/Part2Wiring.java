// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import java.time.Clock;
import java.util.List;
import java.util.TreeSet;
import org.iopfhir.audit.PatientsOf;
import org.iopfhir.consent.ContentClass;
import org.iopfhir.consent.ContentTerms;
import org.iopfhir.consent.Part2Settings;
import org.iopfhir.server.gate.CallerViewers;
import org.iopfhir.server.part2.DisclosuresOperation;
import org.iopfhir.server.part2.ExplainOperation;
import org.iopfhir.server.part2.Explanations;
import org.iopfhir.server.part2.Sources;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.storage.EarlierRecords;
import org.iopfhir.storage.RecordFinder;
import org.iopfhir.storage.RecordOwners;
import org.iopfhir.storage.disclosure.DisclosureBeans;
import org.iopfhir.storage.disclosure.DisclosureIndex;
import org.iopfhir.storage.disclosure.DisclosureQuestions;
import org.iopfhir.storage.disclosure.Disclosures;
import org.iopfhir.storage.disclosure.EmergencyAccesses;
import org.iopfhir.storage.disclosure.Nodes;
import org.iopfhir.storage.disclosure.NoteWords;
import org.iopfhir.storage.journal.DisclosureJournal;
import org.iopfhir.storage.search.PageSettings;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** The part of the wiring that puts 42 CFR Part 2 into what is stored and what is shown. */
@Configuration(proxyBeanMethods = false)
class Part2Wiring {

    @Bean
    DisclosureBeans.Rules disclosureRules() {
        return new DisclosureBeans.Rules(AccessWiring.SHARED, Part2Wiring::passes, Part2Wiring::together);
    }

    private static boolean passes(String terms, String content) {
        ContentTerms said = ContentTerms.parse(terms);
        boolean covers = said.covers(ContentClass.parse(content));
        return covers != said.denies();
    }

    /** A consent for the note is one for its Binary, unless that is labelled higher. */
    private static String together(String note, String binary) {
        ContentClass of = ContentClass.parse(note);
        TreeSet<String> labels = new TreeSet<>(of.labels());
        labels.addAll(ContentClass.parse(binary).labels());
        return new ContentClass(of.type(), labels).text();
    }

    @Bean
    NoteHook noteHook(NoteWords words, DisclosureIndex index) {
        return new NoteHook(words, index);
    }

    @Bean
    CallerViewers viewers(Part2Settings settings, EmergencyAccesses emergencies) {
        return new CallerViewers(settings, emergencies::openTo);
    }

    @Bean
    EmergencyOperation emergencyOperation(
            EmergencyAccesses accesses, RecordFinder finder, BundleStore store, Part2Settings settings, Clock clock) {
        return new EmergencyOperation(accesses, finder, store, settings, clock);
    }

    @Bean
    ServletRegistrationBean<ConsentPages> consentPages() {
        return new ServletRegistrationBean<>(new ConsentPages(), HttpSettings.CONSENTS_PATH + "/*");
    }

    @Bean
    Passes passes() {
        return new Passes();
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    NodeTurns nodeTurns(Nodes nodes, Passes passes) {
        return new NodeTurns(nodes, passes, System::nanoTime);
    }

    @Bean
    RevocationFence revocationFence(CallerViewers viewers, Passes passes, NodeTurns turns) {
        return new RevocationFence(viewers::isBound, passes, turns);
    }

    /** Inside of all other filters, so that a request begins here when it can read, and ends when all of it is sent. */
    @Bean
    FilterRegistrationBean<RevocationFence> revocationFenceFilter(RevocationFence fence) {
        FilterRegistrationBean<RevocationFence> filter = new FilterRegistrationBean<>(fence);
        filter.addUrlPatterns(HttpSettings.FHIR_PATH + "/*");
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 40);
        return filter;
    }

    @Bean
    ReleaseHook releaseHook(Disclosures disclosures, PatientsOf patients, Part2Settings settings, Clock clock) {
        return new ReleaseHook(disclosures, patients, settings, clock);
    }

    @Bean
    PatientsNamed patientsNamed(FhirContext fhir, PatientsOf owners) {
        return new PatientsNamed(fhir, owners);
    }

    @Bean
    DisclosureHook disclosureHook(
            DisclosureIndex index, Disclosures disclosures, PatientsNamed patients, Part2Settings settings) {
        return new DisclosureHook(index, disclosures, patients, settings);
    }

    @Bean
    EvenAnswers evenAnswers(CallerViewers viewers, Part2Settings settings) {
        return new EvenAnswers(viewers::isBound, settings);
    }

    @Bean
    Hooks.OfPart2 part2Hooks(
            NoteHook notes, DisclosureHook disclosure, RevocationFence fence, ReleaseHook release, EvenAnswers even) {
        return new Hooks.OfPart2(notes, disclosure, fence, release, even);
    }

    @Bean
    Upgrade upgrade(EarlierRecords records, DisclosureHook disclosure) {
        return new Upgrade(records, disclosure);
    }

    @Bean
    DisclosuresOperation disclosuresOperation(
            DisclosureJournal journal,
            Disclosures disclosures,
            RecordFinder finder,
            Part2Settings settings,
            PageSettings pages,
            Clock clock) {
        return new DisclosuresOperation(journal, disclosures, new Sources(finder, settings), pages, clock);
    }

    @Bean
    ExplainOperation explainOperation(
            Disclosures disclosures,
            DisclosureQuestions questions,
            RecordOwners owners,
            RecordFinder finder,
            CallerViewers viewers,
            Clock clock) {
        Explanations explanations = new Explanations(questions, finder);
        return new ExplainOperation(disclosures, questions, owners, viewers, explanations, clock);
    }

    /** Providers of the operations that the wiring registers. */
    record Operations(List<Object> providers) {
        Operations {
            providers = List.copyOf(providers);
        }
    }

    @Bean
    Operations part2Operations(
            DisclosuresOperation disclosures, ExplainOperation explain, EmergencyOperation emergency) {
        return new Operations(List.of(disclosures, explain, emergency));
    }
}
