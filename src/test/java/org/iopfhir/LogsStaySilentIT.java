// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Sends a name that nobody has through all that is done and all that fails; no log line may hold it. */
class LogsStaySilentIT {

    private static final String CANARY = "Kanarienvogel";
    private static final String OURS = "org.iopfhir";

    private static final List<String> NONSENSE = List.of(
            "Patient?" + CANARY + "=1",
            "Patient?birthdate=" + CANARY,
            "Patient?_lastUpdated=" + CANARY,
            "Patient?family:" + CANARY + "=x",
            "Patient?_include=Patient:" + CANARY,
            "Patient?_sort=" + CANARY,
            "Patient?_count=" + CANARY,
            "Patient?_summary=" + CANARY,
            "Patient?_has:Observation:" + CANARY + ":code=1",
            "Observation?value-quantity=" + CANARY,
            "Patient/" + CANARY,
            "Patient/" + CANARY + "/_history/9",
            "Patient/_history?_since=" + CANARY,
            "ValueSet/$expand?count=" + CANARY,
            CANARY + "/1",
            "Patient/$" + CANARY,
            "Patient/x/" + CANARY);

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();
    private final Memory log = new Memory();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger ours = (Logger) LoggerFactory.getLogger(OURS);
    private final Logger requests = (Logger) LoggerFactory.getLogger(OURS + ".server.RequestLog");

    @BeforeEach
    void listen() {
        log.setContext(root.getLoggerContext());
        log.start();
        root.addAppender(log);
        // Our own lines must stay silent at every level, the libraries' at the level at which the server runs them.
        ours.setLevel(Level.TRACE);
        requests.setLevel(Level.TRACE);
    }

    @AfterEach
    void stopListening() {
        root.detachAppender(log);
        ours.setLevel(Level.INFO);
        requests.setLevel(Level.WARN);
    }

    @Test
    void nameNobodyWhenAllGoesWell() {
        Patient patient = invented.patient(CANARY);
        String id = fhir.store(patient);
        patient.setId(id);
        fhir.put(id)
                .body(patient.addName(new org.hl7.fhir.r4.model.HumanName().setText(CANARY)))
                .send()
                .expect(200);
        fhir.patch(id)
                .body("application/json-patch+json", "[{\"op\":\"add\",\"path\":\"/language\",\"value\":\"de\"}]")
                .send()
                .expect(200);
        fhir.get("Patient?family=" + CANARY).send().expect(200);
        fhir.post("Patient/_search")
                .body("application/x-www-form-urlencoded", "family=" + CANARY)
                .send()
                .expect(200);
        fhir.get("Observation?subject:Patient.family=" + CANARY).send().expect(200);
        fhir.post("Patient")
                .header(
                        "If-None-Exist",
                        "family=" + CANARY + "&" + invented.tagged().replace("|", "%7C"))
                .body(invented.patient(CANARY))
                .send()
                .expect(200);
        Bundle bundle = Invented.transaction();
        Invented.post(bundle, Invented.placeholder(), invented.patient(CANARY));
        Invented.request(bundle, HTTPVerb.GET, "Patient?family=" + CANARY);
        fhir.process(bundle).expect(200);
        fhir.post("Patient/$validate").body(invented.patient(CANARY)).send().expect(200);
        fhir.delete(id).send().expect(200);

        assertThat(log.lines()).anyMatch(line -> line.contains("interaction=create"));
        assertSilent(id);
    }

    @Test
    void nameNobodyWhenTheClientIsWrong() {
        String canary = "\"" + CANARY + "\"";
        for (String body : List.of(
                "{\"resourceType\":\"Patient\",\"name\":" + canary + "}",
                "{\"resourceType\":\"Patient\",\"birthDate\":" + canary + "}",
                "{\"resourceType\":\"Patient\"," + canary + ":1}",
                "{\"resourceType\":\"Patient\",\"gender\":" + canary + "}",
                "{\"resourceType\":\"Patient\"," + CANARY,
                "{\"resourceType\":" + canary + "}",
                "{\"resourceType\":\"Patient\",\"managingOrganization\":{\"reference\":\"Organization/" + CANARY
                        + "\"}}",
                "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\",\"div\":"
                        + "\"<div xmlns='http://www.w3.org/1999/xhtml'><script>" + CANARY + "</script></div>\"}}")) {
            assertThat(fhir.post("Patient").body(FhirClient.JSON, body).send().status())
                    .as(body)
                    .isBetween(400, 499);
        }
        assertThat(fhir.post("Patient")
                        .header("If-None-Exist", CANARY + "=1")
                        .body(invented.patient(CANARY))
                        .send()
                        .status())
                .isBetween(400, 499);
        assertSilent(CANARY);
    }

    @Test
    void nameNobodyWhenTheClientAsksForNonsense() {
        for (String query : NONSENSE) {
            assertThat(fhir.get(query).send().status()).as(query).isBetween(400, 499);
        }
        assertSilent(CANARY);
    }

    @Test
    void nameNobodyWhenABatchAsksForNonsense() {
        Bundle batch = Invented.batch();
        NONSENSE.forEach(query -> Invented.request(batch, HTTPVerb.GET, query));
        Bundle answers = fhir.process(batch).expect(200).bundle();

        assertThat(answers.getEntry())
                .hasSameSizeAs(NONSENSE)
                .allSatisfy(entry -> assertThat(entry.getResponse().getStatus()).startsWith("4"));
        assertSilent(CANARY);
    }

    @Test
    void nameNobodyWhenVersionsConflict() {
        Patient patient = invented.patient(CANARY);
        String id = fhir.store(patient);
        patient.setId(id);
        fhir.put(id).header("If-Match", "W/\"9\"").body(patient).send().expect(412);
        fhir.store(invented.observation(id));
        fhir.delete(id).send().expect(409);
        Bundle twice = Invented.transaction();
        Invented.put(twice, id, patient);
        Invented.put(twice, id, patient);
        fhir.process(twice).expect(400);

        assertSilent(id);
    }

    @Test
    void nameNobodyWhenTheServerFails() {
        with(new Failure(), () -> {
            assertThat(fhir.get("Patient?family=" + CANARY).send().expect(500).text())
                    .doesNotContain(CANARY)
                    .contains("Unexpected error, request");
            assertThat(fhir.process(batchOfOneSearch()).text()).doesNotContain(CANARY);
        });

        assertThat(log.lines()).anyMatch(line -> line.contains("request-failed"));
        assertSilent(CANARY);
    }

    @Test
    void nameNobodyWhenAnEntryOfABatchFails() {
        with(new FailingSearch(), () -> {
            Answer answer = fhir.process(batchOfOneSearch()).expect(200);
            assertThat(answer.bundle().getEntryFirstRep().getResponse().getStatus())
                    .isEqualTo("500");
            assertThat(answer.text()).doesNotContain(CANARY);
        });

        assertThat(log.lines()).anyMatch(line -> line.contains("entry-failed"));
        assertSilent(CANARY);
    }

    private static Bundle batchOfOneSearch() {
        Bundle batch = Invented.batch();
        Invented.request(batch, HTTPVerb.GET, "Patient?family=" + CANARY);
        return batch;
    }

    private static void with(Object hook, Runnable requests) {
        IInterceptorService hooks = RunningServer.bean(IInterceptorService.class);
        hooks.registerInterceptor(hook);
        try {
            requests.run();
        } finally {
            hooks.unregisterInterceptor(hook);
        }
    }

    private void assertSilent(String id) {
        String idPart = id.substring(id.indexOf('/') + 1);
        assertThat(log.lines())
                .isNotEmpty()
                .noneMatch(line -> line.contains(CANARY))
                .noneMatch(line -> line.contains(idPart))
                .noneMatch(line -> line.contains(invented.tag()))
                .noneMatch(line -> line.contains("?"));
    }

    /** Fails as a library does that quotes its input. */
    @Interceptor
    public static final class Failure {

        @Hook(Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED)
        public void fail(RequestDetails request) {
            throw new IllegalStateException(CANARY, new IllegalArgumentException(CANARY));
        }
    }

    /** The same within a search, so also within an entry of a batch. */
    @Interceptor
    public static final class FailingSearch {

        @Hook(Pointcut.STORAGE_PRESEARCH_REGISTERED)
        public void fail(RequestDetails request) {
            throw new IllegalStateException(CANARY, new IllegalArgumentException(CANARY));
        }
    }

    private static final class Memory extends AppenderBase<ILoggingEvent> {

        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        List<String> lines() {
            return List.copyOf(lines);
        }

        @Override
        protected void append(ILoggingEvent event) {
            StringBuilder line = new StringBuilder(event.getLoggerName() + " " + event.getFormattedMessage());
            for (IThrowableProxy failure = event.getThrowableProxy(); failure != null; failure = failure.getCause()) {
                line.append(" ").append(failure.getClassName()).append(" ").append(failure.getMessage());
            }
            lines.add(line + " " + event.getMDCPropertyMap());
        }
    }
}
