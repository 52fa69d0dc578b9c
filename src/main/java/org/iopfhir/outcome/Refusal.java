// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.outcome;

import java.time.Duration;
import java.util.List;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;

/** A reason to say no. The set is closed, so that {@link FailureTranslation} answers each of them. */
public sealed interface Refusal {

    /** What the client is told. */
    List<Problem> problems();

    /** The request cannot be read: 400. */
    record Malformed(List<Problem> problems) implements Refusal {
        public Malformed {
            problems = List.copyOf(problems);
        }

        public Malformed(String text) {
            this(List.of(Problem.error(IssueType.STRUCTURE, text)));
        }
    }

    /** The resource can be read but breaks a rule: 422. */
    record BreaksRules(List<Problem> problems) implements Refusal {
        public BreaksRules {
            problems = List.copyOf(problems);
        }
    }

    /** The body, or what it unpacks to, is larger than a limit: 413. */
    record TooLarge(String text) implements Refusal {
        @Override
        public List<Problem> problems() {
            return List.of(Problem.error(IssueType.TOOLONG, text));
        }
    }

    /** The body is of a kind that this server does not read: 415. */
    record UnsupportedMedia(String text) implements Refusal {
        @Override
        public List<Problem> problems() {
            return List.of(Problem.error(IssueType.NOTSUPPORTED, text));
        }
    }

    /** The client took too long to send its request: 408. */
    record TooSlow(String text) implements Refusal {
        @Override
        public List<Problem> problems() {
            return List.of(Problem.error(IssueType.TIMEOUT, text));
        }
    }

    /**
     * Nobody, or nobody who is known here, is asking: 401.
     *
     * @param challenge the header {@code WWW-Authenticate}
     */
    record Unauthenticated(String text, String challenge) implements Refusal {
        @Override
        public List<Problem> problems() {
            return List.of(Problem.error(IssueType.LOGIN, text));
        }
    }

    /** Whoever asks may not do this, whatever the resource: 403. */
    record Forbidden(String text) implements Refusal {
        @Override
        public List<Problem> problems() {
            return List.of(Problem.error(IssueType.FORBIDDEN, text));
        }
    }

    /** Too many requests of one client: 429, with {@code Retry-After}. */
    record TooMany(String text, Duration retryAfter) implements Refusal {
        @Override
        public List<Problem> problems() {
            return List.of(Problem.error(IssueType.THROTTLED, text));
        }
    }

    /** It is not there: 404. */
    record NotFound(String text) implements Refusal {
        @Override
        public List<Problem> problems() {
            return List.of(Problem.error(IssueType.NOTFOUND, text));
        }
    }

    /** The client's condition about the current version does not hold: 412. */
    record ConditionFailed(String text) implements Refusal {
        @Override
        public List<Problem> problems() {
            return List.of(Problem.error(IssueType.CONFLICT, text));
        }
    }

    /** It would cost too much; the text says what to ask for instead: 403. */
    record TooCostly(String text) implements Refusal {
        @Override
        public List<Problem> problems() {
            return List.of(Problem.error(IssueType.TOOCOSTLY, text));
        }
    }

    /** The server cannot serve it now: 503, with {@code Retry-After}. */
    record Unavailable(String text, Duration retryAfter) implements Refusal {
        @Override
        public List<Problem> problems() {
            return List.of(Problem.error(IssueType.TRANSIENT, text));
        }
    }
}
