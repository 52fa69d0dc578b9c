// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Trail;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** One client that asks too much is told so, and takes nothing from another. */
class RateApiTest {

    private static final int BURST = 5;

    private static final RunningServer SERVER = RunningServer.start(
            "--iop.http.rate.per-second=1",
            "--iop.http.rate.burst=" + BURST,
            "--iop.http.rate.concurrent=2",
            "--iop.http.trusted-proxies=127.0.0.1");

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static FhirClient of(String client) {
        return SERVER.fhir()
                .as(Callers.of(
                        client,
                        claims -> claims.claim("client_id", client)
                                .claim("scope", "system/*.rs")
                                .claim("iop_roles", List.of(Role.PROGRAM_SYSTEM.code()))));
    }

    private static List<Answer> ask(FhirClient client, String path, String address, int times) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            answers.add(client.get(path).header("X-Forwarded-For", address).send());
        }
        return answers;
    }

    private static long refused(List<Answer> answers) {
        return answers.stream().filter(answer -> answer.status() == 429).count();
    }

    @Test
    void aClientIsHeldToItsShareFromWhereverItAsks() {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            answers.addAll(ask(of("busy"), "Patient?_count=1", "203.0.113." + i, 1));
        }

        assertThat(answers.subList(0, BURST)).allMatch(answer -> answer.status() == 200);
        assertThat(refused(answers)).isPositive();
        Answer last = answers.stream()
                .filter(answer -> answer.status() == 429)
                .findFirst()
                .orElseThrow();
        last.refusal(429, IssueType.THROTTLED);
        assertThat(last.header("Retry-After")).isEqualTo("1");
        assertThat(last.header("Cache-Control")).isEqualTo("no-store");
        assertThat(refused(ask(of("quiet"), "Patient?_count=1", "203.0.113.1", BURST)))
                .isZero();
    }

    @Test
    void whoeverHasNoGoodTokenSharesTheRateOfHisAddress() {
        List<Answer> answers = ask(SERVER.fhir().anonymous(), "Patient", "198.51.100.7", 30);

        assertThat(answers.get(0).status()).isEqualTo(401);
        assertThat(refused(answers)).isPositive();
        assertThat(ask(of("neighbour"), "Patient?_count=1", "198.51.100.7", 1)
                        .get(0)
                        .status())
                .isEqualTo(200);
        assertThat(ask(SERVER.fhir().anonymous(), "Patient", "198.51.100.8", 1)
                        .get(0)
                        .status())
                .isEqualTo(401);
    }

    @Test
    void theTrailHoldsWhatWasRefusedAndNotWhatWasTooMuch() {
        Trail trail = new Trail(SERVER.fhir().as(Callers.staff(Role.AUDITOR)));
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            FhirClient.Call call =
                    SERVER.fhir().anonymous().get("Patient/none").header("X-Forwarded-For", "192.0.2.77");
            answers.add(trail.name(call).send());
        }

        assertThat(refused(answers)).isPositive();
        assertThat(trail.events()).hasSize((int) (answers.size() - refused(answers)));
    }

    @Test
    void whatNeedsNoTokenIsCountedByAddress() {
        String root = SERVER.fhir().base().replace("/fhir", "");
        int network = 0;
        for (String path : List.of(
                "metadata",
                ".well-known/smart-configuration",
                root + "/.well-known/openid-configuration",
                root + "/auth/login",
                root + "/guide/")) {
            network++;
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                String address = "2001:db8:0:" + network + "::" + Integer.toHexString(i);
                answers.addAll(ask(SERVER.fhir().anonymous(), path, address, 1));
            }
            assertThat(answers.get(0).status()).as(path).isEqualTo(200);
            assertThat(refused(answers)).as(path).isPositive();
        }
    }
}
