// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.parser.IParser;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Resource;

/** What the server answered. */
public final class Answer {

    private final HttpResponse<byte[]> response;

    Answer(HttpResponse<byte[]> response) {
        this.response = response;
    }

    public int status() {
        return response.statusCode();
    }

    public byte[] bytes() {
        return response.body();
    }

    public String text() {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    /** The value of a header, or the empty string. */
    public String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** Fail unless the status is {@code status}. */
    public Answer expect(int status) {
        assertThat(status())
                .as("status of %s, whose body is %s", response.request(), text())
                .isEqualTo(status);
        return this;
    }

    public Resource resource() {
        IParser parser = header("Content-Type").contains("xml") ? FhirClient.xmlParser() : FhirClient.jsonParser();
        return (Resource) parser.parseResource(text());
    }

    public <T extends Resource> T as(Class<T> type) {
        return type.cast(resource());
    }

    public Bundle bundle() {
        return as(Bundle.class);
    }

    /** {@code Type/id} that the Location header names. */
    public String location() {
        return new IdType(header("Location")).toUnqualifiedVersionless().getValue();
    }

    /** Fail unless this is an OperationOutcome with an error of this status and code. */
    public OperationOutcome refusal(int status, OperationOutcome.IssueType code) {
        expect(status);
        OperationOutcome outcome = as(OperationOutcome.class);
        assertThat(outcome.getIssueFirstRep().getCode()).as(text()).isEqualTo(code);
        assertThat(text()).doesNotContain("HAPI-").doesNotContain("Exception");
        return outcome;
    }

    /** {@code Type/id} of each match of a search, in its order; what was included is not among them. */
    public List<String> matches() {
        return matches(bundle());
    }

    public static List<String> matches(Bundle bundle) {
        return ids(bundle, Bundle.SearchEntryMode.MATCH);
    }

    public static List<String> included(Bundle bundle) {
        return ids(bundle, Bundle.SearchEntryMode.INCLUDE);
    }

    private static List<String> ids(Bundle bundle, Bundle.SearchEntryMode mode) {
        return bundle.getEntry().stream()
                .filter(entry -> entry.getSearch().getMode() == mode)
                .map(BundleEntryComponent::getResource)
                .map(resource ->
                        resource.getIdElement().toUnqualifiedVersionless().getValue())
                .toList();
    }
}
