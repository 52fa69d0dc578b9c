// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pages by which a user answers.
 *
 * @param token what their forms carry, so that they are known when they come back
 */
record Forms(String token, Accounts accounts, PatientDirectory patients) {

    Page login(String request, String problem) {
        Page page = new Page("Sign in");
        if (!problem.isEmpty()) {
            page.problem(problem);
        }
        return page.form("login", token, request)
                .add("<label for=\"name\">Name</label>")
                .add("<input type=\"text\" id=\"name\" name=\"name\" autocomplete=\"username\""
                        + " autocapitalize=\"none\" spellcheck=\"false\" required autofocus>")
                .add("<label for=\"password\">Password</label>")
                .add("<input type=\"password\" id=\"password\" name=\"password\""
                        + " autocomplete=\"current-password\" required>")
                .add("<button type=\"submit\">Sign in</button>")
                .add("</form>");
    }

    /**
     * Choose a patient.
     *
     * @param own      ids of those whom the user can choose without a search
     * @param searches whether the user can look for others
     * @param name     that was looked for; empty when none was
     */
    Page patient(String request, List<String> own, boolean searches, String name) {
        Page page = new Page("Choose a patient");
        if (searches) {
            page.form("patient", token, request)
                    .add("<label for=\"find\">Name of the patient</label>")
                    .add("<p class=\"hint\" id=\"find-hint\">The beginning of the family name or a given name.</p>")
                    .add(
                            "<input type=\"search\" id=\"find\" name=\"name\" aria-describedby=\"find-hint\""
                                    + " autocomplete=\"off\" value=\"{}\" autofocus>",
                            name)
                    .add("<button type=\"submit\">Look for patients</button>")
                    .add("</form>");
        }
        List<PatientDirectory.Entry> found = searches && !name.isBlank()
                ? patients.find(name.strip())
                : own.stream().map(patients::patient).flatMap(Optional::stream).toList();
        if (found.isEmpty() && !name.isBlank()) {
            page.add("<p role=\"status\">Nobody of that name was found.</p>");
        }
        if (!found.isEmpty()) {
            page.form("patient", token, request).add("<fieldset><legend>Patients</legend>");
            found.forEach(patient -> page.add(
                    "<label class=\"choice\"><input type=\"radio\" name=\"patient\" value=\"{}\" required>"
                            + " <span>{}, born {}</span></label>",
                    patient.id(),
                    patient.name(),
                    patient.birthDate() == null ? "(unknown)" : patient.birthDate()));
            page.add("</fieldset>")
                    .add("<button type=\"submit\">Go on</button>")
                    .add("</form>");
        }
        return page.form("patient", token, request)
                .add("<button class=\"second\" type=\"submit\" name=\"cancel\" value=\"yes\">Back to the app</button>")
                .add("</form>");
    }

    /** Say what an app asks for, and let the user choose. */
    Page consent(String request, PendingRequest asked, User user) {
        Client client = accounts.client(asked.asked().client()).orElseThrow();
        Page page = new Page("What " + client.name() + " asks for");
        page.add("<p>You are signed in as <strong>{}</strong>.</p>", user.name());
        String patient = asked.context().patient();
        if (patient != null) {
            String name =
                    patients.patient(patient).map(PatientDirectory.Entry::name).orElse(patient);
            page.add("<p>The app is opened upon the patient <strong>{}</strong>.</p>", name);
        }
        page.add(
                "<p>The app will be answered at <strong>{}</strong>.</p>",
                asked.asked().redirect());
        page.form("consent", token, request)
                .add("<p>Untick what you do not want to grant. You can end it at any time under"
                        + " <a href=\"apps\">connected apps</a>.</p>")
                .add("<fieldset><legend>The app may</legend>");
        asked.scopes().stream().filter(scope -> !Decisions.isNoChoice(scope)).forEach(scope -> choice(page, scope));
        return page.add("</fieldset>")
                .add("<button type=\"submit\" name=\"grant\" value=\"yes\">Grant</button>")
                .add("<button class=\"second\" type=\"submit\" name=\"deny\" value=\"yes\">Decline</button>")
                .add("</form>");
    }

    private static void choice(Page page, String scope) {
        page.add(
                "<label class=\"choice\"><input type=\"checkbox\" name=\"scope\" value=\"{}\" checked>"
                        + " <span>{}</span></label>",
                scope,
                ScopeWords.of(scope));
        Map<String, String> parts = ScopeWords.parts(scope);
        if (!parts.isEmpty()) {
            page.add("<fieldset><legend>Or only these of them</legend>");
            parts.forEach((part, words) -> page.add(
                    "<label class=\"choice\"><input type=\"checkbox\" name=\"scope\" value=\"{}\">"
                            + " <span>{}</span></label>",
                    part,
                    words));
            page.add("</fieldset>");
        }
    }

    /**
     * The apps that stay connected.
     *
     * @param connected ids of their clients
     */
    Page apps(User user, List<String> connected) {
        Page page = new Page("Connected apps");
        page.add("<p>You are signed in as <strong>{}</strong>.</p>", user.name());
        if (connected.isEmpty()) {
            page.add("<p role=\"status\">No app stays connected for you.</p>");
        }
        connected.forEach(id -> {
            String name = accounts.client(id).map(Client::name).orElse(id);
            page.add("<section aria-label=\"{}\"><h2>{}</h2>", name, name)
                    .add("<form method=\"post\" action=\"apps\">")
                    .add("<input type=\"hidden\" name=\"form\" value=\"{}\">", token)
                    .add("<input type=\"hidden\" name=\"client\" value=\"{}\">", id)
                    .add("<button type=\"submit\">End the access of {}</button>", name)
                    .add("</form></section>");
        });
        return page.add("<form method=\"post\" action=\"apps\">")
                .add("<input type=\"hidden\" name=\"form\" value=\"{}\">", token)
                .add("<button class=\"second\" type=\"submit\" name=\"leave\" value=\"yes\">Sign out</button>")
                .add("</form>");
    }
}
