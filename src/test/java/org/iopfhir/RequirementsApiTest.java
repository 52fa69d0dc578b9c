// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.hl7.fhir.r4.model.SearchParameter;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.iopfhir.conformance.Conformance;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the running server to what the guide requires of servers, and of those who call them. */
class RequirementsApiTest {
    private static final FhirClient FHIR = RunningServer.client();

    private final Conformance conformance = RunningServer.bean(Conformance.class);

    private static CapabilityStatement published(String id) {
        return FHIR.get("CapabilityStatement/" + id).send().expect(200).as(CapabilityStatement.class);
    }

    private static CapabilityStatement served() {
        return FHIR.get("metadata").send().expect(200).as(CapabilityStatement.class);
    }

    @Test
    void theServerSaysWhatItFollows() {
        assertThat(served().getInstantiates().stream().map(PrimitiveType::getValue))
                .containsExactly(published("iop-server").getUrl() + "|0.1.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iop-server", "iop-ehr-client", "iop-app-client"})
    void whatTheGuideRequiresIsServed(String id) {
        Map<String, Set<String>> served = claims(served().getRestFirstRep());
        CapabilityStatementRestComponent required = published(id).getRestFirstRep();

        assertThat(required.getResource()).hasSizeGreaterThan(10);
        claims(required)
                .forEach((type, claims) ->
                        assertThat(served.getOrDefault(type, Set.of())).as(type).containsAll(claims));
    }

    @Test
    void wholeBundlesAndFormatsAreServedAsRequired() {
        CapabilityStatement required = published("iop-server");

        assertThat(values(served().getFormat())).containsAll(values(required.getFormat()));
        assertThat(values(served().getPatchFormat())).containsAll(values(required.getPatchFormat()));
        assertThat(interactions(served())).containsAll(interactions(required)).isNotEmpty();
    }

    @Test
    void everyProfileAndSearchParameterIsRequiredOfAServer() {
        List<String> named = claims(published("iop-server").getRestFirstRep()).values().stream()
                .flatMap(Collection::stream)
                .toList();

        assertThat(conformance.iop().profiles())
                .extracting(StructureDefinition::getUrl)
                .allSatisfy(url -> assertThat(named).contains("profile " + url));
        assertThat(conformance.iop().searchParameters())
                .extracting(SearchParameter::getUrl)
                .allSatisfy(url -> assertThat(named).anyMatch(claim -> claim.endsWith(" as " + url)));
    }

    @Test
    void eachExpectationIsOneThatFhirKnows() {
        for (CapabilityStatement statement : conformance.iop().all(CapabilityStatement.class)) {
            String json = conformance.fhir().newJsonParser().encodeResourceToString(statement);
            List<String> expectations = Stream.of(json.split("capabilitystatement-expectation\",\"valueCode\":\"", -1))
                    .skip(1)
                    .map(rest -> rest.substring(0, rest.indexOf('"')))
                    .toList();

            assertThat(expectations).hasSizeGreaterThan(20).allMatch(Set.of("SHALL", "SHOULD", "MAY")::contains);
        }
    }

    /** What is said of each type, one claim a line. */
    private static Map<String, Set<String>> claims(CapabilityStatementRestComponent rest) {
        return rest.getResource().stream()
                .collect(Collectors.toMap(
                        CapabilityStatementRestResourceComponent::getType, RequirementsApiTest::claims));
    }

    private static Set<String> claims(CapabilityStatementRestResourceComponent type) {
        Set<String> claims = new TreeSet<>();
        add(claims, type.getSupportedProfile(), profile -> "profile " + profile.getValue());
        add(claims, type.getInteraction(), interaction -> interaction.getCode().toCode());
        add(claims, type.getSearchInclude(), include -> "include " + include.getValue());
        add(
                claims,
                type.getSearchParam(),
                parameter -> parameter.getType().toCode() + " " + parameter.getName() + " as "
                        + Objects.requireNonNullElse(parameter.getDefinition(), ""));
        add(claims, type.getOperation(), operation -> "$" + operation.getName() + " as " + operation.getDefinition());
        return claims;
    }

    private static <T> void add(Set<String> claims, List<T> parts, Function<T, String> claim) {
        parts.forEach(part -> claims.add(claim.apply(part)));
    }

    private static List<String> values(List<? extends PrimitiveType<String>> codes) {
        return codes.stream().map(PrimitiveType::getValue).toList();
    }

    private static List<String> interactions(CapabilityStatement statement) {
        return statement.getRestFirstRep().getInteraction().stream()
                .map(interaction -> interaction.getCode().toCode())
                .toList();
    }
}
