// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Who has signed in in which browser. A cookie names the browser; who signed in there is kept on the server, so that
 * every node knows it, and under another name than before the sign-in.
 */
record Sessions(Entries entries, Clock clock) {

    private static final String KIND = "session";
    private static final String COOKIE = "iop-session";
    private static final Duration LENGTH = Duration.ofHours(8);

    /** @param since milliseconds since 1970 */
    record Session(String user, long since) {}

    Optional<Session> of(HttpServletRequest request) {
        return browser(request)
                .flatMap(id -> entries.find(KIND, Secrets.hash(id)))
                .map(text -> {
                    int space = text.indexOf(' ');
                    return new Session(text.substring(space + 1), Long.parseLong(text.substring(0, space)));
                });
    }

    void signIn(String user, HttpServletRequest request, HttpServletResponse response, Place place) {
        signOut(request);
        String id = Secrets.random();
        entries.put(KIND, Secrets.hash(id), user, clock.millis() + " " + user, clock.millis() + LENGTH.toMillis());
        setCookie(id, response, place);
    }

    void signOut(HttpServletRequest request) {
        browser(request).ifPresent(id -> entries.remove(KIND, Secrets.hash(id)));
    }

    /** What a form must carry that this browser was shown; the browser is given a name when it has none. */
    String formToken(HttpServletRequest request, HttpServletResponse response, Place place) {
        return formToken(browser(request).orElseGet(() -> {
            String id = Secrets.random();
            setCookie(id, response, place);
            return id;
        }));
    }

    /** Whether a form comes from a page that this browser was shown. */
    boolean isOurForm(HttpServletRequest request) {
        String shown = request.getParameter("form");
        return shown != null
                && browser(request)
                        .map(id -> Secrets.same(formToken(id), shown))
                        .orElse(false);
    }

    private static String formToken(String browser) {
        return Secrets.hash("form " + browser);
    }

    private static Optional<String> browser(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        return cookies == null
                ? Optional.empty()
                : Arrays.stream(cookies)
                        .filter(cookie -> cookie.getName().equals(COOKIE))
                        .map(Cookie::getValue)
                        .filter(value -> value.matches("[A-Za-z0-9_-]{43}"))
                        .findFirst();
    }

    private static void setCookie(String id, HttpServletResponse response, Place place) {
        String path = URI.create(place.issuer()).getRawPath() + "/auth";
        String secure = place.issuer().startsWith("https:") ? "; Secure" : "";
        response.addHeader("Set-Cookie", COOKIE + "=" + id + "; Path=" + path + "; HttpOnly; SameSite=Lax" + secure);
    }
}
