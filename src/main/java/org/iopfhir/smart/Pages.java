// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.iopfhir.smart.Authorize.RefusedRequestException;

/** From an app's request to its code: sign in, choose a patient, decide, each on a page of its own. */
final class Pages {

    static final String LOGIN = "/auth/login";
    static final String CONTINUE = "/auth/continue";
    static final String PATIENT = "/auth/patient";
    static final String CONSENT = "/auth/consent";
    static final String STYLE = "/auth/style.css";

    private static final Set<String> FORMS = Set.of(LOGIN, PATIENT, CONSENT, Place.APPS);

    private final Accounts accounts;
    private final Authorize authorize;
    private final PendingRequest.Store requests;
    private final Sessions sessions;
    private final Decisions decisions;
    private final PatientDirectory patients;
    private final SignIn signIn;

    Pages(
            Accounts accounts,
            Entries entries,
            Clock clock,
            Authorize authorize,
            Decisions decisions,
            PatientDirectory patients) {
        this.accounts = accounts;
        this.authorize = authorize;
        this.decisions = decisions;
        this.patients = patients;
        this.requests = new PendingRequest.Store(entries, clock);
        this.sessions = new Sessions(entries, clock);
        this.signIn = new SignIn(accounts, entries, clock);
    }

    /** Answer, if the path is one of a page. */
    boolean answer(Visit visit, String path) throws IOException {
        boolean isForm = visit.isPost() && FORMS.contains(path);
        if (isForm && !sessions.isOurForm(visit.request())) {
            visit.showProblem(403, "This form does not come from a page that this browser was shown.");
            return true;
        }
        switch (path) {
            case Place.AUTHORIZE -> authorize(visit);
            case CONTINUE -> proceed(visit);
            case LOGIN -> login(visit);
            case PATIENT -> patient(visit);
            case CONSENT -> consent(visit);
            case Place.APPS -> apps(visit);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void authorize(Visit visit) throws IOException {
        try {
            PendingRequest request = authorize.check(visit.request(), visit.place());
            if (Authorize.isSilent(visit.request())) {
                silently(visit, request);
            } else {
                // A request by POST from another site carries no cookie; the page it leads to does.
                visit.go("continue", requests.keep(request));
            }
        } catch (RefusedRequestException e) {
            Authorize.Back back = e.back();
            if (back == null) {
                visit.showProblem(400, String.valueOf(e.getMessage()));
            } else {
                visit.back(back, Map.of("error", e.code(), "error_description", String.valueOf(e.getMessage())));
            }
        }
    }

    private void silently(Visit visit, PendingRequest request) {
        Optional<User> user = signedIn(visit, request);
        if (user.isEmpty()) {
            visit.back(back(request), Map.of("error", "login_required"));
        } else if (!mayOpen(request, user.get())) {
            visit.back(back(request), Map.of("error", "access_denied"));
        } else if (Decisions.needsPatient(request) || decisions.needsConsent(request, user.get())) {
            visit.back(back(request), Map.of("error", "interaction_required"));
        } else {
            finish(visit, request, user.get(), Set.copyOf(request.scopes()));
        }
    }

    private static Authorize.Back back(PendingRequest request) {
        return new Authorize.Back(request.asked().redirect(), request.asked().state());
    }

    private Optional<User> signedIn(Visit visit, PendingRequest request) {
        return sessions.of(visit.request())
                .filter(session -> session.since() >= request.signedInSince())
                .flatMap(session -> accounts.user(session.user()))
                .filter(user -> request.forUser() == null || request.forUser().equals(user.name()));
    }

    /** Look what comes next, and go there. */
    private void proceed(Visit visit) throws IOException {
        String id = visit.parameter("request");
        Optional<PendingRequest> request = requests.find(id);
        if (request.isEmpty()) {
            expired(visit);
            return;
        }
        Optional<User> user = signedIn(visit, request.get());
        if (user.isEmpty()) {
            visit.go("login", id);
            return;
        }
        PendingRequest known = withOnlyPatient(id, request.get(), user.get());
        if (Decisions.needsPatient(known)) {
            visit.go("patient", id);
        } else if (!mayOpen(known, user.get())) {
            deny(visit, id, known, "this user may not open this patient");
        } else if (decisions.needsConsent(known, user.get())) {
            visit.go("consent", id);
        } else if (requests.take(id).isPresent()) {
            finish(visit, known, user.get(), Set.copyOf(known.scopes()));
        } else {
            expired(visit);
        }
    }

    /** An EHR may have opened the app upon a patient whom this user may not see. */
    private boolean mayOpen(PendingRequest request, User user) {
        String patient = request.context().patient();
        return patient == null || decisions.mayOpen(user, patient);
    }

    private PendingRequest withOnlyPatient(String id, PendingRequest request, User user) {
        List<String> own = Decisions.ownPatients(user);
        if (Decisions.needsPatient(request) && own.size() == 1 && !decisions.canSearch(user)) {
            PendingRequest upon = request.upon(request.context().of(own.get(0)));
            requests.replace(id, upon);
            return upon;
        }
        return request;
    }

    private static void expired(Visit visit) throws IOException {
        visit.showProblem(400, "This request has ended, or was waiting for more than a quarter of an hour.");
    }

    private void deny(Visit visit, String id, PendingRequest request, String why) throws IOException {
        if (requests.take(id).isPresent()) {
            visit.back(back(request), Map.of("error", "access_denied", "error_description", why));
        } else {
            expired(visit);
        }
    }

    private void finish(Visit visit, PendingRequest request, User user, Set<String> granted) {
        visit.back(back(request), Map.of("code", decisions.code(request, user, granted, visit.place())));
    }

    private void login(Visit visit) throws IOException {
        String id = visit.parameter("request");
        Optional<PendingRequest> request = requests.find(id);
        String redirect = request.map(asked -> asked.asked().redirect()).orElse(null);
        Forms forms = forms(visit);
        if (!visit.isPost()) {
            visit.show(200, forms.login(id, ""), redirect);
            return;
        }
        SignIn.Result result = signIn.attempt(
                visit.parameter("name"),
                visit.parameter("password"),
                visit.request().getRemoteAddr());
        Optional<User> user = result.user();
        if (user.isEmpty()) {
            visit.show(result.status(), forms.login(id, result.problem()), redirect);
            return;
        }
        sessions.signIn(user.get().name(), visit.request(), visit.response(), visit.place());
        if (id.isEmpty()) {
            visit.see("apps");
        } else {
            visit.go("continue", id);
        }
    }

    private Forms forms(Visit visit) {
        return new Forms(sessions.formToken(visit.request(), visit.response(), visit.place()), accounts, patients);
    }

    private void patient(Visit visit) throws IOException {
        String id = visit.parameter("request");
        Optional<PendingRequest> request = requests.find(id);
        Optional<User> user = request.flatMap(asked -> signedIn(visit, asked));
        if (request.isEmpty() || user.isEmpty()) {
            expired(visit);
            return;
        }
        if (!Decisions.needsPatient(request.get())) {
            visit.go("continue", id);
            return;
        }
        String chosen = visit.parameter("patient");
        String redirect = request.get().asked().redirect();
        boolean searches = decisions.canSearch(user.get());
        List<String> own = Decisions.ownPatients(user.get());
        if (!searches && own.isEmpty()) {
            deny(visit, id, request.get(), "this user works with no patient");
        } else if (visit.isPost() && !visit.parameter("cancel").isEmpty()) {
            deny(visit, id, request.get(), "the user chose no patient");
        } else if (visit.isPost() && !chosen.isEmpty()) {
            if (decisions.mayOpen(user.get(), chosen)
                    && patients.patient(chosen).isPresent()) {
                requests.replace(id, request.get().upon(request.get().context().of(chosen)));
                visit.go("continue", id);
            } else {
                visit.showProblem(403, "This patient cannot be chosen.");
            }
        } else {
            visit.show(200, forms(visit).patient(id, own, searches, visit.parameter("name")), redirect);
        }
    }

    private void consent(Visit visit) throws IOException {
        String id = visit.parameter("request");
        Optional<PendingRequest> request = requests.find(id);
        Optional<User> user = request.flatMap(asked -> signedIn(visit, asked));
        if (request.isEmpty() || user.isEmpty() || Decisions.needsPatient(request.get())) {
            expired(visit);
        } else if (!mayOpen(request.get(), user.get())) {
            deny(visit, id, request.get(), "this user may not open this patient");
        } else if (!visit.isPost()) {
            visit.show(
                    200,
                    forms(visit).consent(id, request.get(), user.get()),
                    request.get().asked().redirect());
        } else if (!visit.parameter("deny").isEmpty()) {
            deny(visit, id, request.get(), "the user has declined");
        } else {
            Set<String> granted = Decisions.granted(request.get(), visit.parameters("scope"));
            if (granted.stream().allMatch(Decisions::isNoChoice)) {
                deny(visit, id, request.get(), "the user has granted nothing");
            } else if (requests.take(id).isPresent()) {
                decisions.remember(request.get(), user.get(), granted);
                finish(visit, request.get(), user.get(), granted);
            } else {
                expired(visit);
            }
        }
    }

    private void apps(Visit visit) throws IOException {
        Optional<User> user = sessions.of(visit.request()).flatMap(session -> accounts.user(session.user()));
        if (user.isEmpty()) {
            visit.see("login");
            return;
        }
        if (visit.isPost() && !visit.parameter("leave").isEmpty()) {
            sessions.signOut(visit.request());
            visit.see("login");
            return;
        }
        if (visit.isPost()) {
            decisions.end(user.get(), visit.parameter("client"));
        }
        visit.show(200, forms(visit).apps(user.get(), decisions.connected(user.get())), null);
    }
}
