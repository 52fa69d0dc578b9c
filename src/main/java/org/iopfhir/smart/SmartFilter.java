// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/** Answers everything below {@code /auth} and {@code /.well-known}; nothing gets past it. */
final class SmartFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final Set<String> CLIENTS_ONLY = Set.of(Place.TOKEN, Place.INTROSPECT, Place.REVOKE);

    /** Colours and sizes of the pages that an EHR shows around an app. */
    private static final Map<String, String> STYLE = Map.of(
            "color_background", "#ffffff",
            "color_error", "#b00020",
            "color_highlight", "#0b5394",
            "color_modal_backdrop", "#444444",
            "color_success", "#1b6e3a",
            "color_text", "#1a1a1a",
            "dim_border_radius", "4px",
            "dim_font_size", "16px",
            "dim_spacing_size", "16px",
            "font_family_body", "system-ui, sans-serif");

    private static final int LARGEST_BODY = 100_000;

    private final String baseUrl;
    private final transient Keys keys;
    private final transient Discovery discovery;
    private final transient TokenFilters tokens;
    private final transient TokenEndpoints endpoints;
    private final transient People people;

    SmartFilter(
            String baseUrl,
            Keys keys,
            Discovery discovery,
            TokenFilters tokens,
            TokenEndpoints endpoints,
            People people) {
        this.baseUrl = baseUrl;
        this.people = people;
        this.keys = keys;
        this.discovery = discovery;
        this.tokens = tokens;
        this.endpoints = endpoints;
    }

    /** What people and EHRs use. */
    record People(Pages pages, EhrLaunch launch, Registration registration) {}

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        answer(request, response);
        // A refusal that does not wait for the body ends the connection, on which the client may send its next request.
        request.getInputStream().readNBytes(LARGEST_BODY);
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        String path = request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
        Place place = Place.of(baseUrl, request);
        Visit visit = new Visit(request, response, place);
        if (CLIENTS_ONLY.contains(path)) {
            post(request, response, place, path);
        } else if (path.equals(Place.LAUNCH) && visit.isPost()) {
            people.launch().answer(visit);
        } else if (path.equals(Place.REGISTER)
                && visit.isPost()
                && people.registration().isOn()) {
            people.registration().answer(visit);
        } else if (isPage(visit)) {
            Answers.unstored(response);
            if (!people.pages().answer(visit, path)) {
                read(request, response, place, path);
            }
        } else {
            read(request, response, place, path);
        }
    }

    private static boolean isPage(Visit visit) {
        return visit.isPost() || visit.request().getMethod().equals("GET");
    }

    private void post(HttpServletRequest request, HttpServletResponse response, Place place, String path)
            throws IOException, ServletException {
        if (!request.getMethod().equals("POST")) {
            refuseMethod(response, "POST");
            return;
        }
        Answers.unstored(response);
        tokens.answer(request, response, place, (shown, answer) -> {
            if (path.equals(Place.INTROSPECT)) {
                endpoints.introspect((HttpServletRequest) shown, response, place);
            } else {
                endpoints.revoke((HttpServletRequest) shown, response, place);
            }
        });
    }

    private void read(HttpServletRequest request, HttpServletResponse response, Place place, String path)
            throws IOException {
        Object document = switch (path) {
            case Place.SMART, Place.FHIR + Place.SMART -> discovery.smart(place);
            case Place.OPENID -> discovery.openId(place);
            case Place.JWKS -> keys.published().toJSONObject();
            case Place.STYLE -> STYLE;
            default -> null;
        };
        if (path.equals(Pages.STYLE)) {
            response.setHeader("Cache-Control", "public, max-age=3600");
            Answers.css(response, Page.STYLE);
        } else if (document == null) {
            Answers.error(response, HttpServletResponse.SC_NOT_FOUND, "not_found", "There is nothing here.");
        } else if (!Set.of("GET", "HEAD").contains(request.getMethod())) {
            refuseMethod(response, "GET, HEAD");
        } else {
            response.setHeader("Cache-Control", "public, max-age=300");
            response.setHeader("Access-Control-Allow-Origin", "*");
            Answers.json(response, HttpServletResponse.SC_OK, document);
        }
    }

    private static void refuseMethod(HttpServletResponse response, String allowed) throws IOException {
        response.setHeader("Allow", allowed);
        Answers.error(
                response,
                HttpServletResponse.SC_METHOD_NOT_ALLOWED,
                "invalid_request",
                "This address answers to " + allowed + ".");
    }
}
