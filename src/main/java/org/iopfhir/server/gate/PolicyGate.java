// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.gate;

import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.hl7.fhir.instance.model.api.IIdType;
import org.iopfhir.access.AccessPolicy;
import org.iopfhir.access.Caller;
import org.iopfhir.access.Decision;
import org.iopfhir.access.Interaction;
import org.iopfhir.access.Role;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.storage.Gate;
import org.iopfhir.storage.Reach;
import org.iopfhir.storage.ServedTypes;
import org.jspecify.annotations.Nullable;

/** Answers storage with what the policy decides about the caller of a request. */
public final class PolicyGate implements Gate {

    /** What each operation on stored types needs: any one of these. What is neither here nor below is refused. */
    private static final Map<String, Set<Interaction>> OPERATIONS = Map.of(
            "$meta", Set.of(Interaction.READ),
            "$everything", Set.of(Interaction.READ),
            "$emergency-access", Set.of(Interaction.READ),
            "$validate", Set.of(Interaction.CREATE, Interaction.UPDATE));

    /** Operations on one patient that are for some roles only, as far as those may read a type. */
    private static final Map<String, Bound> BOUND = Map.of(
            "$disclosures", new Bound(EnumSet.of(Role.PRIVACY_OFFICER, Role.AUDITOR, Role.PATIENT), "AuditEvent"),
            "$explain-access", new Bound(EnumSet.of(Role.PRIVACY_OFFICER), "Consent"));

    private final AccessPolicy policy;
    private final Published published;
    private final BiPredicate<String, String> isParameter;

    /** Nothing in a decision changes while its caller is the same object, which lives as long as its token is remembered. */
    private final Cache<Caller, Map<Asked, Answer>> decided =
            Caffeine.newBuilder().weakKeys().build();

    private record Asked(RestOperationTypeEnum use, String type) {}

    private record Answer(Decision decision, Reach reach) {}

    private record Bound(Set<Role> roles, String type) {}

    /**
     * What is the same for everybody who has a token.
     *
     * @param types      of the artifacts of the guide, to be read and searched
     * @param operations of the terminology, with their dollar signs
     */
    public record Published(Set<String> types, Set<String> operations) {
        public Published {
            types = Set.copyOf(types);
            operations = Set.copyOf(operations);
        }
    }

    /** @param isParameter whether a type can be searched by a parameter, and so be filtered by a scope */
    public PolicyGate(AccessPolicy policy, Published published, BiPredicate<String, String> isParameter) {
        this.policy = policy;
        this.published = published;
        this.isParameter = isParameter;
    }

    @Override
    public Reach reach(RestOperationTypeEnum use, String type, @Nullable RequestDetails request) {
        Optional<Caller> caller = RequestCaller.of(request);
        return caller.isEmpty() ? Reach.WHOLE : answer(caller.get(), use, type).reach();
    }

    @Override
    public Reach require(RestOperationTypeEnum use, String type, @Nullable RequestDetails request) {
        Optional<Caller> caller = RequestCaller.of(request);
        if (caller.isEmpty()) {
            return Reach.WHOLE;
        }
        Answer answer = answer(caller.get(), use, type);
        if (answer.reach().parts().isEmpty()) {
            Decision decision = answer.decision();
            throw FailureTranslation.forbidden(
                    decision instanceof Decision.Refuse ? decision.reason() : "no scope fits " + type);
        }
        return answer.reach();
    }

    @Override
    public void check(
            RestOperationTypeEnum use,
            @Nullable String type,
            @Nullable String operation,
            @Nullable RequestDetails request) {
        if (use == RestOperationTypeEnum.METADATA) {
            return;
        }
        Optional<Caller> caller = RequestCaller.of(request);
        if (caller.isEmpty() || use == RestOperationTypeEnum.TRANSACTION || isPublished(use, type, operation)) {
            return;
        }
        if (type == null || !ServedTypes.names().contains(type)) {
            throw FailureTranslation.forbidden("nothing permits this for the whole system");
        }
        if (operation == null || !operation.startsWith("$")) {
            require(use, type, request);
        } else if (BOUND.containsKey(operation)) {
            checkBound(caller.get(), operation, type, request == null ? null : request.getId());
        } else {
            checkOperation(caller.get(), operation, type);
        }
    }

    private void checkBound(Caller caller, String operation, String type, @Nullable IIdType id) {
        Bound bound = Objects.requireNonNull(BOUND.get(operation));
        Decision decision = policy.decide(caller.only(bound.roles()), Interaction.READ, bound.type());
        if (id == null || !type.equals("Patient") || !(decision instanceof Decision.Permit permit)) {
            throw FailureTranslation.forbidden(operation + ": " + decision.reason());
        }
        // A scope that filters would leave out a part of what the operation answers as a whole.
        boolean reaches = permit.portions().stream()
                .filter(portion -> portion.filter().isEmpty())
                .anyMatch(portion ->
                        portion.patients() == null || portion.patients().contains(id.getIdPart()));
        if (!reaches) {
            throw new ResourceNotFoundException("Resource Patient/" + id.getIdPart() + " is not known");
        }
    }

    private void checkOperation(Caller caller, String operation, String type) {
        Set<Interaction> enough = OPERATIONS.getOrDefault(operation, Set.of());
        List<Decision> decisions = enough.stream()
                .map(interaction -> policy.decide(caller, interaction, type))
                .toList();
        if (decisions.stream().noneMatch(decision -> decision instanceof Decision.Permit)) {
            String reason = decisions.stream().map(Decision::reason).findFirst().orElse("nothing permits it");
            throw FailureTranslation.forbidden(operation + ": " + reason);
        }
    }

    private boolean isPublished(RestOperationTypeEnum use, @Nullable String type, @Nullable String operation) {
        boolean isOperation = operation != null && operation.startsWith("$");
        boolean reads = use == RestOperationTypeEnum.READ
                || use == RestOperationTypeEnum.VREAD
                || use == RestOperationTypeEnum.SEARCH_TYPE;
        return type != null
                && published.types().contains(type)
                && (isOperation ? published.operations().contains(operation) : reads);
    }

    private Answer answer(Caller caller, RestOperationTypeEnum use, String type) {
        return decided.get(caller, any -> new ConcurrentHashMap<>()).computeIfAbsent(new Asked(use, type), asked -> {
            Decision decision = decide(caller, use, type);
            return new Answer(decision, reach(decision, type));
        });
    }

    private Decision decide(Caller caller, RestOperationTypeEnum use, String type) {
        Optional<Interaction> interaction = interaction(use);
        return interaction.isEmpty()
                ? new Decision.Refuse("nothing permits " + use.getCode() + " of " + type)
                : policy.decide(caller, interaction.get(), type);
    }

    private static Optional<Interaction> interaction(RestOperationTypeEnum use) {
        return switch (use) {
            case READ, VREAD, HISTORY_INSTANCE, META -> Optional.of(Interaction.READ);
            case SEARCH_TYPE, HISTORY_TYPE -> Optional.of(Interaction.SEARCH);
            case CREATE -> Optional.of(Interaction.CREATE);
            case UPDATE, PATCH -> Optional.of(Interaction.UPDATE);
            case DELETE -> Optional.of(Interaction.DELETE);
            default -> Optional.empty();
        };
    }

    /** A scope whose filter the type does not have fits no resource of it. */
    private Reach reach(Decision decision, String type) {
        return decision instanceof Decision.Permit permit
                ? new Reach(permit.portions().stream()
                        .filter(portion ->
                                portion.filter().keySet().stream().allMatch(name -> isParameter.test(type, name)))
                        .map(portion -> new Reach.Part(portion.patients(), portion.filter()))
                        .toList())
                : Reach.NONE;
    }
}
