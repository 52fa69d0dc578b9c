// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.iopfhir.smart.SmartClient.Reply;
import org.iopfhir.testing.Sandbox;
import org.jspecify.annotations.Nullable;

/** What a browser does that runs no script: keeps cookies, follows redirects within the server, sends forms. */
final class Browser {

    private static final Pattern FORM =
            Pattern.compile("<form method=\"post\" action=\"([^\"]*)\">(.*?)</form>", Pattern.DOTALL);
    private static final Pattern INPUT = Pattern.compile("<input ([^>]*)>");
    private static final Pattern ATTRIBUTE = Pattern.compile("([a-z-]+)=\"([^\"]*)\"");

    private final Map<String, String> cookies = new HashMap<>();
    private @Nullable Reply page;
    private String address = "";

    /** Open an address, and follow where it leads within the server. */
    Browser open(String url) {
        return follow(url, SmartClient.get(url, cookieHeader()));
    }

    /** Post to an address, as the page of another site would: without cookies. */
    Browser postFromElsewhere(String url, Map<String, String> form) {
        return follow(url, SmartClient.post(url, form));
    }

    private Browser follow(String url, Reply first) {
        String at = url;
        Reply reply = first;
        for (int hops = 0; hops < 10; hops++) {
            keepCookies(reply);
            String location = reply.header("Location");
            if (location.isEmpty()) {
                break;
            }
            at = URI.create(at).resolve(location).toString();
            if (!at.startsWith(SmartClient.issuer() + "/")) {
                break;
            }
            reply = SmartClient.get(at, cookieHeader());
        }
        address = at;
        page = reply;
        return this;
    }

    private String[] cookieHeader() {
        List<String> all = new ArrayList<>();
        cookies.forEach((name, value) -> all.add(name + "=" + value));
        return all.isEmpty() ? new String[0] : new String[] {"Cookie", String.join("; ", all)};
    }

    private void keepCookies(Reply reply) {
        for (String cookie : reply.response().headers().allValues("Set-Cookie")) {
            String pair = cookie.split(";", 2)[0];
            int equals = pair.indexOf('=');
            cookies.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
    }

    Reply page() {
        return Objects.requireNonNull(page);
    }

    String html() {
        return page().body();
    }

    /** Where the browser is, or was sent. */
    String address() {
        return address;
    }

    /** Whether it was sent back to the app. */
    boolean isBackAtApp() {
        return !address.startsWith(SmartClient.issuer() + "/");
    }

    /** A parameter of the address. */
    String parameter(String name) {
        String query = URI.create(address).getRawQuery();
        for (String pair : (query == null ? "" : query).split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    /** A form of the page: what it would send if it was sent as it is. */
    final class Form {

        private final String action;
        private final Map<String, List<String>> fields = new LinkedHashMap<>();

        private Form(String action, String content) {
            this.action = action;
            Matcher inputs = INPUT.matcher(content);
            while (inputs.find()) {
                Map<String, String> attributes = attributes(inputs.group(1));
                String type = attributes.getOrDefault("type", "text");
                boolean chosen = inputs.group(1).contains(" checked");
                if (type.equals("hidden") || (type.equals("checkbox") && chosen)) {
                    add(attributes.getOrDefault("name", ""), attributes.getOrDefault("value", ""));
                }
            }
        }

        private Form add(String name, String value) {
            fields.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
            return this;
        }

        Form fill(String name, String value) {
            return add(name, value);
        }

        Form untick(String name, String value) {
            Objects.requireNonNull(fields.get(name)).remove(value);
            return this;
        }

        List<String> values(String name) {
            return fields.getOrDefault(name, List.of());
        }

        Browser send() {
            return sendTo(action);
        }

        Browser sendTo(String where) {
            List<String> pairs = new ArrayList<>();
            fields.forEach((name, values) ->
                    values.forEach(value -> pairs.add(SmartClient.encode(name) + "=" + SmartClient.encode(value))));
            String url = URI.create(address).resolve(where).toString();
            return follow(url, SmartClient.postForm(url, String.join("&", pairs), cookieHeader()));
        }
    }

    private static Map<String, String> attributes(String text) {
        Map<String, String> attributes = new HashMap<>();
        Matcher matcher = ATTRIBUTE.matcher(text);
        while (matcher.find()) {
            attributes.put(
                    matcher.group(1),
                    matcher.group(2)
                            .replace("&quot;", "\"")
                            .replace("&#39;", "'")
                            .replace("&amp;", "&"));
        }
        return attributes;
    }

    /** The form of the page that holds a field of this name. */
    Form form(String field) {
        Matcher forms = FORM.matcher(html());
        while (forms.find()) {
            if (forms.group(2).contains("name=\"" + field + "\"")) {
                return new Form(forms.group(1), forms.group(2));
            }
        }
        throw new AssertionError("There is no form with " + field + " at " + address + ": " + html());
    }

    /** Sign in as somebody of the sandbox, at the sign-in page. */
    Browser signIn(String user) {
        return form("password")
                .fill("name", user)
                .fill("password", Sandbox.passwordOf(user))
                .send();
    }

    /** Grant all that the app asks for. */
    Browser grant() {
        return form("grant").fill("grant", "yes").send();
    }
}
