// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.rest.server.exceptions.InternalErrorException;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceVersionConflictException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.outcome.FailureTranslation.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OutcomeTest {

    private final FailureTranslation translation = new FailureTranslation(List.of());

    static Stream<Arguments> refusals() {
        Problem rule = new Problem(IssueSeverity.ERROR, IssueType.INVARIANT, "rule-1", "CarePlan.period", "told");
        return Stream.of(
                Arguments.of(new Refusal.Malformed("told"), 400, IssueType.STRUCTURE),
                Arguments.of(new Refusal.BreaksRules(List.of(rule)), 422, IssueType.INVARIANT),
                Arguments.of(new Refusal.TooLarge("told"), 413, IssueType.TOOLONG),
                Arguments.of(new Refusal.UnsupportedMedia("told"), 415, IssueType.NOTSUPPORTED),
                Arguments.of(new Refusal.TooSlow("told"), 408, IssueType.TIMEOUT),
                Arguments.of(new Refusal.Unauthenticated("told", "Bearer"), 401, IssueType.LOGIN),
                Arguments.of(new Refusal.Forbidden("told"), 403, IssueType.FORBIDDEN),
                Arguments.of(new Refusal.TooMany("told", Duration.ofSeconds(7)), 429, IssueType.THROTTLED),
                Arguments.of(new Refusal.NotFound("told"), 404, IssueType.NOTFOUND),
                Arguments.of(new Refusal.ConditionFailed("told"), 412, IssueType.CONFLICT),
                Arguments.of(new Refusal.TooCostly("told"), 403, IssueType.TOOCOSTLY),
                Arguments.of(new Refusal.Unavailable("told", Duration.ofSeconds(7)), 503, IssueType.TRANSIENT));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void answersEachRefusalWithItsStatusAndCode(Refusal refusal, int status, IssueType code) {
        Answer answer = translation.translate(new IllegalStateException(new RefusedException(refusal)), "7f3a");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.unexpected()).isFalse();
        OperationOutcome.OperationOutcomeIssueComponent issue = answer.outcome().getIssueFirstRep();
        assertThat(issue.getCode()).isEqualTo(code);
        assertThat(issue.getSeverity()).isEqualTo(IssueSeverity.ERROR);
        assertThat(issue.getDiagnostics()).isEqualTo("told");
    }

    @Test
    void theTableHoldsEveryRefusal() {
        Set<Class<?>> inTable = refusals().map(row -> row.get()[0].getClass()).collect(Collectors.toSet());

        assertThat(inTable).containsExactlyInAnyOrder(Refusal.class.getPermittedSubclasses());
    }

    @Test
    void namesTheRuleAndThePlace() {
        Problem rule = new Problem(IssueSeverity.ERROR, IssueType.INVARIANT, "rule-1", "CarePlan.period", "told");

        OperationOutcome outcome = FailureTranslation.answer(new Refusal.BreaksRules(List.of(rule)))
                .outcome();

        assertThat(outcome.getIssueFirstRep().getDetails().getCodingFirstRep().getCode())
                .isEqualTo("rule-1");
        assertThat(outcome.getIssueFirstRep().getExpression().get(0).getValue()).isEqualTo("CarePlan.period");
    }

    @Test
    void saysWhenToComeBack() {
        assertThat(FailureTranslation.answer(new Refusal.Unavailable("later", Duration.ofSeconds(7)))
                        .headers())
                .containsEntry("Retry-After", "7");
        assertThat(FailureTranslation.answer(new Refusal.Unavailable("soon", Duration.ofMillis(3)))
                        .headers())
                .containsEntry("Retry-After", "1");
        assertThat(FailureTranslation.answer(new Refusal.TooMany("later", Duration.ofSeconds(9)))
                        .headers())
                .containsEntry("Retry-After", "9");
    }

    @Test
    void challengesWhoeverHasNoToken() {
        assertThat(FailureTranslation.answer(new Refusal.Unauthenticated("who?", "Bearer realm=\"iop\""))
                        .headers())
                .containsEntry("WWW-Authenticate", "Bearer realm=\"iop\"");
    }

    @Test
    void tellsNothingOfAnUnexpectedFailure() {
        for (Throwable failure : List.of(
                new IllegalStateException("select * from secret"), new InternalErrorException("HAPI-0001: secret"))) {
            Answer answer = translation.translate(failure, "7f3a");

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.unexpected()).isTrue();
            assertThat(answer.outcome().getIssueFirstRep().getCode()).isEqualTo(IssueType.EXCEPTION);
            assertThat(answer.outcome().getIssueFirstRep().getDiagnostics())
                    .isEqualTo("Unexpected error, request 7f3a");
        }
    }

    @Test
    void answersWhatHapiRefusesWithoutNamingHapi() {
        Answer invalid = translation.translate(new InvalidRequestException("HAPI-0012: no such parameter"), "7f3a");
        Answer broken = translation.translate(new DataFormatException("HAPI-1861: no JSON"), "7f3a");

        Answer xml = translation.translate(
                new InvalidRequestException(
                        "Error was: DataFormatException at [[row,col {unknown-source}]: [1,38]]: no boolean"),
                "7f3a");

        assertThat(xml.outcome().getIssueFirstRep().getDiagnostics())
                .isEqualTo("Error was: at line 1, column 38: no boolean");
        assertThat(invalid.status()).isEqualTo(400);
        assertThat(invalid.outcome().getIssueFirstRep().getDiagnostics()).isEqualTo("no such parameter");
        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.outcome().getIssueFirstRep().getCode()).isEqualTo(IssueType.STRUCTURE);
        assertThat(broken.outcome().getIssueFirstRep().getDiagnostics()).isEqualTo("no JSON");
    }

    @Test
    void answersAStaleIfMatchWithPreconditionFailed() {
        assertThat(translation
                        .translate(new ResourceVersionConflictException("HAPI-0989: the current version is 2"), "7f3a")
                        .status())
                .isEqualTo(412);
        assertThat(translation
                        .translate(new ResourceVersionConflictException("HAPI-0550: referred to"), "7f3a")
                        .status())
                .isEqualTo(409);
    }
}
