// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.outcome;

import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.ForbiddenOperationException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a client is told about any failure: status, OperationOutcome and headers.
 *
 * <p>Other rooms may recognise failures of their own libraries (a database that is away) as a {@link Refusal}; they
 * are asked first, for every link of the cause chain. What nobody recognises is 500 and says nothing of the inside.
 */
public final class FailureTranslation {

    /** HAPI starts its messages with the name of the software and a number. */
    private static final Pattern SOFTWARE_CODE = Pattern.compile("HAPI-\\d+: ?");

    /** How HAPI's XML parser says where. */
    private static final Pattern XML_PLACE =
            Pattern.compile("DataFormatException at \\[\\[row,col \\{unknown-source}]: \\[(\\d+),(\\d+)]]");

    /** Who refers to what cannot be deleted may be nobody's business who deletes. */
    private static final Pattern REFERRER = Pattern.compile(" First reference found was resource \\S+ in path [^\n]*");

    /** HAPI answers a stale If-Match of PUT, PATCH and DELETE with 409; R4 wants 412. */
    private static final Pattern STALE_IF_MATCH = Pattern.compile("HAPI-(?:0989|0974|0961)\\b");

    private static final Map<Integer, IssueType> KINDS = Map.ofEntries(
            Map.entry(400, IssueType.INVALID),
            Map.entry(401, IssueType.LOGIN),
            Map.entry(403, IssueType.FORBIDDEN),
            Map.entry(404, IssueType.NOTFOUND),
            Map.entry(405, IssueType.NOTSUPPORTED),
            Map.entry(406, IssueType.NOTSUPPORTED),
            Map.entry(409, IssueType.CONFLICT),
            Map.entry(410, IssueType.DELETED),
            Map.entry(412, IssueType.CONFLICT),
            Map.entry(415, IssueType.NOTSUPPORTED),
            Map.entry(422, IssueType.PROCESSING));

    private final List<Function<Throwable, Optional<Refusal>>> recognisers;

    public FailureTranslation(List<Function<Throwable, Optional<Refusal>>> recognisers) {
        this.recognisers = List.copyOf(recognisers);
    }

    /**
     * What the client gets.
     *
     * @param status     HTTP status
     * @param outcome    the body
     * @param headers    to be added to the response
     * @param unexpected whether an operator should look at the failure, since it is the server's own
     */
    public record Answer(int status, OperationOutcome outcome, Map<String, String> headers, boolean unexpected) {}

    /**
     * Translate {@code failure}.
     *
     * @param requestId named in the answer of an unexpected failure, so that it can be found in the log
     */
    public Answer translate(Throwable failure, String requestId) {
        Optional<Refusal> refusal = recognise(failure);
        if (refusal.isPresent()) {
            return answer(refusal.get());
        }
        for (Throwable link = failure; link != null; link = link.getCause()) {
            if (link instanceof DataFormatException) {
                return answer(new Refusal.Malformed(clean(link.getMessage())));
            }
            if (link instanceof BaseServerResponseException known && known.getStatusCode() < 500) {
                return known(known);
            }
        }
        if (failure instanceof BaseServerResponseException known && known.getStatusCode() == 501) {
            return known(known);
        }
        String text = "Unexpected error, request " + requestId;
        return new Answer(500, outcome(List.of(Problem.error(IssueType.EXCEPTION, text))), Map.of(), true);
    }

    private Optional<Refusal> recognise(Throwable failure) {
        for (Throwable link = failure; link != null; link = link.getCause()) {
            if (link instanceof RefusedException refused) {
                return Optional.of(refused.refusal());
            }
            for (Function<Throwable, Optional<Refusal>> recogniser : recognisers) {
                Optional<Refusal> refusal = recogniser.apply(link);
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
        }
        return Optional.empty();
    }

    /** The answer to a refusal. */
    public static Answer answer(Refusal refusal) {
        return new Answer(status(refusal), outcome(refusal.problems()), headers(refusal), false);
    }

    private static Map<String, String> headers(Refusal refusal) {
        if (refusal instanceof Refusal.Unavailable unavailable) {
            return Map.of("Retry-After", Long.toString(seconds(unavailable.retryAfter())));
        } else if (refusal instanceof Refusal.TooMany tooMany) {
            return Map.of("Retry-After", Long.toString(seconds(tooMany.retryAfter())));
        } else if (refusal instanceof Refusal.Unauthenticated unauthenticated) {
            return Map.of("WWW-Authenticate", unauthenticated.challenge());
        }
        return Map.of();
    }

    private static int status(Refusal refusal) {
        if (refusal instanceof Refusal.Malformed) {
            return 400;
        } else if (refusal instanceof Refusal.Unauthenticated) {
            return 401;
        } else if (refusal instanceof Refusal.TooCostly || refusal instanceof Refusal.Forbidden) {
            return 403;
        } else if (refusal instanceof Refusal.NotFound) {
            return 404;
        } else if (refusal instanceof Refusal.TooSlow) {
            return 408;
        } else if (refusal instanceof Refusal.ConditionFailed) {
            return 412;
        } else if (refusal instanceof Refusal.TooLarge) {
            return 413;
        } else if (refusal instanceof Refusal.UnsupportedMedia) {
            return 415;
        } else if (refusal instanceof Refusal.BreaksRules) {
            return 422;
        } else if (refusal instanceof Refusal.TooMany) {
            return 429;
        } else {
            return 503;
        }
    }

    private static Answer known(BaseServerResponseException known) {
        String message = String.valueOf(known.getMessage());
        int status = STALE_IF_MATCH.matcher(message).find() ? 412 : known.getStatusCode();
        if (known.getOperationOutcome() instanceof OperationOutcome outcome && outcome.hasIssue()) {
            outcome.getIssue().forEach(issue -> issue.setDiagnostics(clean(issue.getDiagnostics())));
            return new Answer(status, outcome, headers(known), false);
        }
        IssueType kind = KINDS.getOrDefault(status, IssueType.PROCESSING);
        return new Answer(status, outcome(List.of(Problem.error(kind, clean(message)))), headers(known), false);
    }

    private static Map<String, String> headers(BaseServerResponseException known) {
        Map<String, String> headers = new LinkedHashMap<>();
        known.getResponseHeaders().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        return headers;
    }

    /** The problems as one OperationOutcome. */
    public static OperationOutcome outcome(List<Problem> problems) {
        OperationOutcome outcome = new OperationOutcome();
        problems.forEach(problem -> outcome.addIssue(problem.toIssue()));
        return outcome;
    }

    /**
     * A refusal as HAPI's own exception, since HAPI catches no other in the middle of a Bundle.
     *
     * @param text as in {@link Refusal.Forbidden}
     */
    public static ForbiddenOperationException forbidden(String text) {
        return new ForbiddenOperationException(text, outcome(new Refusal.Forbidden(text).problems()));
    }

    private static String clean(@Nullable String message) {
        if (message == null) {
            return "";
        }
        String plain = SOFTWARE_CODE.matcher(message).replaceAll("");
        plain = REFERRER.matcher(plain).replaceAll("");
        return XML_PLACE.matcher(plain).replaceAll("at line $1, column $2");
    }

    private static long seconds(Duration duration) {
        return Math.max(1, duration.toSeconds());
    }
}
