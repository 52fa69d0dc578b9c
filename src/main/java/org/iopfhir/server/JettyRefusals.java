// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.Constants;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.Problem;
import org.iopfhir.server.edge.AnswerHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What Jetty refuses before any of our code sees it, such as an ambiguous path: answered by an OperationOutcome too,
 * where Jetty would write a page of HTML.
 */
final class JettyRefusals extends ErrorHandler {

    private static final int NOT_FOUND = 404;

    private final Supplier<FhirContext> fhir;

    private final AnswerHeaders headers;

    private JettyRefusals(Supplier<FhirContext> fhir, AnswerHeaders headers) {
        this.fhir = fhir;
        this.headers = headers;
    }

    /** Answer for the whole of {@code server}, inside its servlet context and around it. */
    static void answerFor(Server server, Supplier<FhirContext> fhir, AnswerHeaders headers) {
        JettyRefusals refusals = new JettyRefusals(fhir, headers);
        server.setErrorHandler(refusals);
        server.getDescendants(ServletContextHandler.class).forEach(context -> context.setErrorHandler(refusals));
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        boolean missing = code == NOT_FOUND;
        String text = missing ? "There is nothing at this path" : "The server cannot read this request: " + code;
        Problem problem = Problem.error(missing ? IssueType.NOTFOUND : IssueType.INVALID, text);
        String body = fhir.get().newJsonParser().encodeResourceToString(FailureTranslation.outcome(List.of(problem)));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Constants.CT_FHIR_JSON_NEW + ";charset=utf-8");
        headers.add(request, response.getHeaders());
        // Jetty gives the connection up after such a request; a client that is not told would send into it.
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
    }
}
