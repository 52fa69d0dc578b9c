// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a proxy says of the client counts when the operator trusts the proxy, and not otherwise. */
class TrustedProxiesApiTest {

    private static final RunningServer BEHIND =
            RunningServer.start("--iop.http.trusted-proxies=127.0.0.0/8,10.1.0.0/16");

    @AfterAll
    static void close() {
        BEHIND.close();
    }

    /** The address that the audit trail holds of a read, its self link, and whether it was told to stay with https. */
    private record Seen(String address, String link, boolean https) {}

    private static Seen ask(FhirClient client, String... headers) {
        String patient = client.store(new Patient().setActive(true));
        FhirClient.Call call = client.get("Patient?_id=" + patient.substring("Patient/".length()));
        for (int i = 0; i < headers.length; i += 2) {
            call.header(headers[i], headers[i + 1]);
        }
        Answer answer = call.send().expect(200);
        Bundle events = client.as(Callers.staff(Role.AUDITOR)).search("AuditEvent?entity=" + patient + "&action=E");
        AuditEvent event = (AuditEvent) events.getEntryFirstRep().getResource();
        return new Seen(
                event.getAgent().stream()
                        .filter(agent -> agent.getNetwork().hasAddress())
                        .findFirst()
                        .orElseThrow()
                        .getNetwork()
                        .getAddress(),
                answer.bundle().getLink("self").getUrl(),
                !answer.header("Strict-Transport-Security").isEmpty());
    }

    @Test
    void whoIsNotTrustedSaysNothing() {
        FhirClient open = RunningServer.client();
        Seen seen = ask(
                open,
                "X-Forwarded-For",
                "203.0.113.9",
                "X-Forwarded-Proto",
                "https",
                "X-Forwarded-Host",
                "evil.example.org",
                "Forwarded",
                "for=203.0.113.8;proto=https;host=evil.example.org");

        assertThat(seen.address()).isEqualTo("127.0.0.1");
        assertThat(seen.link()).startsWith(open.base());
        assertThat(seen.https()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.9                         | 203.0.113.9",
                "198.51.100.1, 203.0.113.9           | 203.0.113.9",
                "198.51.100.1, 203.0.113.9, 10.1.2.3 | 203.0.113.9",
                "2001:db8::7                         | 2001:db8:0:0:0:0:0:7",
                "10.1.2.3                            | 10.1.2.3",
                "unknown                             | 127.0.0.1",
            })
    void theLastWhoIsNoProxyIsTheClient(String forwarded, String client) {
        assertThat(ask(BEHIND.fhir(), "X-Forwarded-For", forwarded).address().replaceAll("[\\[\\]]", ""))
                .isEqualTo(client);
    }

    @Test
    void aTrustedProxySaysHowItWasAsked() {
        Seen seen = ask(
                BEHIND.fhir(),
                "X-Forwarded-For",
                "203.0.113.9",
                "X-Forwarded-Proto",
                "https",
                "X-Forwarded-Host",
                "ehr.example.org");

        assertThat(seen.link()).startsWith("https://ehr.example.org/fhir/Patient?");
        assertThat(seen.https()).isTrue();
    }

    @Test
    void theStandardHeaderComesFirst() {
        Seen seen = ask(
                BEHIND.fhir(),
                "X-Forwarded-For",
                "203.0.113.1",
                "Forwarded",
                "for=203.0.113.2;proto=http;host=evil.example.org, "
                        + "for=\"[2001:db8::7]:4711\";Proto=https;host=\"ehr.example.org:8443\", for=10.1.2.3");

        assertThat(seen.address().replaceAll("[\\[\\]]", "")).isEqualTo("2001:db8:0:0:0:0:0:7");
        assertThat(seen.link()).startsWith("https://ehr.example.org:8443/fhir/Patient?");
        assertThat(seen.https()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"X-Forwarded-Proto,javascript", "X-Forwarded-Host,a b", "X-Forwarded-Host,e.org/x", "Forwarded,;;,="})
    void nonsenseOfAProxyIsLeftOut(String header, String value) {
        Seen seen = ask(BEHIND.fhir(), header, value);

        assertThat(seen.link()).startsWith(BEHIND.fhir().base());
        assertThat(seen.https()).isFalse();
    }

    @Test
    void discoveryNamesTheServerAsTheProxyDoes() {
        String root = BEHIND.fhir().base().replace("/fhir", "");
        Answer answer = BEHIND.fhir()
                .anonymous()
                .get(root + "/.well-known/smart-configuration")
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Host", "ehr.example.org")
                .send()
                .expect(200);

        assertThat(answer.text()).contains("https://ehr.example.org/auth/token");
        assertThat(answer.header("Strict-Transport-Security")).isEqualTo("max-age=31536000");
    }

    @Test
    void whoGuessesPasswordsIsBlockedByAddressWhateverTheNames() {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 51; i++) {
            statuses.add(signIn("nobody-" + i, "2001:db8:9:9::" + Integer.toHexString(i)));
        }

        assertThat(statuses.subList(0, 50)).containsOnly(401);
        assertThat(statuses.get(50)).isEqualTo(429);
        assertThat(signIn("nobody", "2001:db8:9:8::1")).isEqualTo(401);
    }

    private static int signIn(String name, String address) {
        String login = BEHIND.fhir().base().replace("/fhir", "/auth/login");
        FhirClient nobody = BEHIND.fhir().anonymous();
        Answer page = nobody.get(login).header("X-Forwarded-For", address).send();
        Matcher form = Pattern.compile("name=\"form\" value=\"([^\"]+)\"").matcher(page.text());
        assertThat(form.find()).isTrue();
        return nobody.post(login)
                .header("X-Forwarded-For", address)
                .header("Cookie", page.header("Set-Cookie").split(";", 2)[0])
                .body(
                        "application/x-www-form-urlencoded",
                        "form=" + form.group(1) + "&name=" + name + "&password=wrong")
                .send()
                .status();
    }
}
