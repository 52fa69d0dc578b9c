// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.iopfhir.access.Caller;
import org.iopfhir.audit.Accesses.Act;
import org.iopfhir.audit.Accesses.Asker;
import org.iopfhir.storage.BundleAsked;
import org.jspecify.annotations.Nullable;

/** Reads from a request what the audit trail has to know of it. */
final class AuditedRequest {

    /** Set on a request whose access is written down. */
    private static final String RECORDED = AuditedRequest.class.getName() + ".recorded";

    private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete");

    private AuditedRequest() {}

    static Asker asker(RequestDetails request) {
        HttpServletRequest http = ((ServletRequestDetails) request).getServletRequest();
        // HAPI copies the request for a transaction, without its id.
        String id = request.getRequestId() == null ? RequestLog.requestId(http) : request.getRequestId();
        return new Asker(caller(http), id, http.getRemoteAddr());
    }

    static Asker asker(HttpServletRequest http) {
        return new Asker(caller(http), http.getHeader(Constants.HEADER_REQUEST_ID), http.getRemoteAddr());
    }

    static boolean isRecorded(HttpServletRequest http) {
        return http.getAttribute(RECORDED) != null;
    }

    static void markRecorded(HttpServletRequest http) {
        http.setAttribute(RECORDED, true);
    }

    static Act act(RequestDetails request, int status) {
        HttpServletRequest http = ((ServletRequestDetails) request).getServletRequest();
        String interaction = interaction(request);
        return new Act(interaction, request.getResourceName(), query(interaction, http), status);
    }

    static boolean isWrite(String interaction) {
        return WRITES.contains(interaction);
    }

    /** Who is asking; {@code null} when nobody is identified. */
    static @Nullable Caller caller(HttpServletRequest http) {
        return http.getAttribute(Caller.class.getName()) instanceof Caller caller ? caller : null;
    }

    private static String interaction(RequestDetails request) {
        RestOperationTypeEnum operation = request.getRestOperationType();
        if (operation == null) {
            return AuditedUrl.of(request.getRequestType().name(), String.valueOf(request.getRequestPath()))
                    .interaction();
        }
        return switch (operation) {
            case READ, VREAD, CREATE, UPDATE, PATCH, DELETE, SEARCH_TYPE, HISTORY_INSTANCE, HISTORY_TYPE ->
                operation.getCode();
            case TRANSACTION -> BundleAsked.of(request).batch() ? "batch" : "transaction";
            case METADATA -> "capabilities";
            default -> "operation";
        };
    }

    /** As it came; what a form sends in the body is written as a query. */
    private static @Nullable String query(String interaction, HttpServletRequest http) {
        if (interaction.endsWith("read")) {
            return null;
        }
        String query = http.getQueryString();
        String path = String.valueOf(http.getPathInfo()).replaceFirst("^/", "");
        if (http.getMethod().equals("POST") && path.endsWith("/_search")) {
            query = form(http);
        }
        String condition = http.getHeader(Constants.HEADER_IF_NONE_EXIST);
        if (condition != null) {
            query = condition;
        }
        boolean alwaysTold = interaction.startsWith("search") || interaction.equals("operation");
        return query == null && !alwaysTold ? null : query == null ? path : path + "?" + query;
    }

    private static String form(HttpServletRequest http) {
        return http.getParameterMap().entrySet().stream()
                .flatMap(parameter -> Arrays.stream(parameter.getValue())
                        .map(value -> escaped(parameter.getKey()) + "=" + escaped(value)))
                .collect(Collectors.joining("&"));
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
