// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.IAnonymousInterceptor;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.interceptor.api.Pointcut;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Organization;
import org.iopfhir.storage.ConflictRetry;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** The order in which a request is worked on is {@link Stage}, and nothing else. */
class StageApiTest {

    private static final FhirClient CLIENT = RunningServer.client();
    private static final List<Pointcut> WATCHED = List.of(
            Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED,
            Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED,
            Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED,
            Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED,
            Pointcut.STORAGE_PRECOMMIT_RESOURCE_UPDATED,
            Pointcut.SERVER_OUTGOING_RESPONSE);

    private final List<Method> hooks = hooks();

    @Test
    void seesTheHooksOfTheServer() {
        assertThat(hooks.stream().map(hook -> hook.getDeclaringClass().getSimpleName()))
                .contains("RequestLog", "ValidationHook", "FailureHook");
    }

    @Test
    void everyHookTakesItsPlaceFromStage() {
        Set<Integer> places = Arrays.stream(Stage.values()).map(Stage::order).collect(Collectors.toSet());

        assertThat(hooks)
                .allSatisfy(hook -> assertThat(hook.getAnnotation(Hook.class).order())
                        .as(hook.toString())
                        .isIn(places));
    }

    @Test
    void theStagesAreInTheOrderInWhichTheyStand() {
        assertThat(Arrays.stream(Stage.values()).map(Stage::order)).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void everyStageIsTakenByAHook() {
        Set<Integer> taken = hooks.stream()
                .map(hook -> hook.getAnnotation(Hook.class).order())
                .collect(Collectors.toSet());

        assertThat(Arrays.stream(Stage.values()).map(Stage::order)).allMatch(taken::contains);
    }

    @Test
    void everyHookRunsOncePerCreate() {
        Organization organization = new Invented().organization("Created");

        List<Pointcut> called = calledBy(
                () -> CLIENT.post("Organization").body(organization).send().expect(201));

        assertThat(called)
                .containsExactlyInAnyOrder(
                        Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED,
                        Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED,
                        Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED,
                        Pointcut.SERVER_OUTGOING_RESPONSE);
    }

    @Test
    void everyHookRunsOncePerUpdate() {
        Organization organization = new Invented().organization("Before");
        String reference = CLIENT.store(organization);
        organization.setId(reference);
        organization.setName("After");

        List<Pointcut> called =
                calledBy(() -> CLIENT.put(reference).body(organization).send().expect(200));

        assertThat(called)
                .containsExactlyInAnyOrder(
                        Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED,
                        Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED,
                        Pointcut.STORAGE_PRECOMMIT_RESOURCE_UPDATED,
                        Pointcut.SERVER_OUTGOING_RESPONSE);
    }

    @Test
    void everyHookRunsOncePerEntryOfABundle() {
        for (Bundle bundle : List.of(Invented.transaction(), Invented.batch())) {
            Invented.post(bundle, Invented.placeholder(), new Invented().organization("Entry"));

            List<Pointcut> called = calledBy(() -> CLIENT.process(bundle).expect(200));

            assertThat(called)
                    .as("hooks of a %s", bundle.getType())
                    .containsExactlyInAnyOrder(
                            Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED,
                            Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED,
                            Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED,
                            Pointcut.SERVER_OUTGOING_RESPONSE);
        }
    }

    private static List<Pointcut> calledBy(Runnable requests) {
        List<Pointcut> called = new CopyOnWriteArrayList<>();
        IAnonymousInterceptor note = (pointcut, params) -> called.add((Pointcut) pointcut);
        IInterceptorService service = RunningServer.bean(IInterceptorService.class);
        WATCHED.forEach(pointcut -> service.registerAnonymousInterceptor(pointcut, note));
        try {
            requests.run();
        } finally {
            service.unregisterInterceptor(note);
        }
        return called;
    }

    private static List<Method> hooks() {
        List<Method> found = new ArrayList<>();
        for (Object interceptor : RunningServer.bean(IInterceptorService.class).getAllRegisteredInterceptors()) {
            // ConflictRetry says itself why it stands outside.
            boolean ours = interceptor.getClass().getPackageName().startsWith("org.iopfhir");
            if (ours && !(interceptor instanceof ConflictRetry)) {
                for (Method method : interceptor.getClass().getMethods()) {
                    if (method.isAnnotationPresent(Hook.class)) {
                        found.add(method);
                    }
                }
            }
        }
        return found;
    }
}
