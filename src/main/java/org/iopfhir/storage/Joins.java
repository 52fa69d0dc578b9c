// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.rest.api.RestSearchParameterTypeEnum;
import ca.uhn.fhir.rest.api.SortSpec;
import ca.uhn.fhir.rest.param.HasParam;
import ca.uhn.fhir.rest.param.ReferenceParam;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which other types a search looks into: by a chain, by {@code _has}, or for its order. */
final class Joins {

    /** Stands for whatever cannot be told; nobody reaches it. */
    static final String UNKNOWN = "?";

    /** {@code _has:Type:reference:parameter}. */
    private static final int HAS_PARTS = 4;

    private final FhirContext fhir;
    private final ISearchParamRegistry registry;

    Joins(FhirContext fhir, ISearchParamRegistry registry) {
        this.fhir = fhir;
        this.registry = registry;
    }

    /** The types that a condition of a search of {@code type} looks into, besides {@code type} itself. */
    Set<String> of(String type, String name, IQueryParameterType value) {
        Set<String> joined = new TreeSet<>();
        if (value instanceof HasParam has) {
            String path = has.getReferenceFieldName() + ":" + has.getParameterName();
            look(type, "_has:" + has.getTargetResourceType() + ":" + path, joined);
        } else if (value instanceof ReferenceParam reference && reference.hasChain()) {
            String target = reference.hasResourceType() ? ":" + reference.getResourceType() : "";
            look(type, name + target + "." + reference.getChain(), joined);
        }
        return joined;
    }

    /** The types that {@code chain} looks into, if it starts at {@code type}. */
    Set<String> of(String type, String chain) {
        Set<String> joined = new TreeSet<>();
        look(type, chain, joined);
        return joined;
    }

    /** The types on whose content, or order of creation, a sort depends. */
    Set<String> of(String type, @Nullable SortSpec sort) {
        Set<String> joined = new TreeSet<>();
        for (SortSpec key = sort; key != null; key = key.getChain()) {
            String name = key.getParamName();
            RuntimeSearchParam parameter = parameter(type, name);
            if (name.contains(".")) {
                look(type, name, joined);
            } else if (parameter != null && parameter.getParamType() == RestSearchParameterTypeEnum.REFERENCE) {
                joined.addAll(served(parameter.getTargets()));
            }
        }
        return joined;
    }

    private void look(String type, String expression, Set<String> joined) {
        if (expression.startsWith("_has:")) {
            String[] parts = expression.split(":", HAS_PARTS);
            joined.add(parts.length == HAS_PARTS ? parts[1] : UNKNOWN);
            if (parts.length == HAS_PARTS) {
                look(parts[1], parts[HAS_PARTS - 1], joined);
            }
            return;
        }
        int dot = expression.indexOf('.');
        if (dot < 0) {
            return;
        }
        String[] head = expression.substring(0, dot).split(":", 2);
        String rest = expression.substring(dot + 1);
        for (String target : targets(type, head, rest)) {
            // A circle of types is followed only as far as the expression goes.
            joined.add(target);
            look(target, rest, joined);
        }
    }

    private Collection<String> targets(String type, String[] head, String rest) {
        if (head.length > 1) {
            return List.of(head[1]);
        }
        RuntimeSearchParam parameter = parameter(type, head[0]);
        if (parameter == null) {
            return List.of(UNKNOWN);
        }
        String next = rest.split("[.:]", 2)[0];
        return served(parameter.getTargets()).stream()
                .filter(target -> next.startsWith("_") || parameter(target, next) != null)
                .toList();
    }

    private static Collection<String> served(Set<String> targets) {
        return targets.isEmpty()
                ? ServedTypes.names()
                : targets.stream().filter(ServedTypes.names()::contains).toList();
    }

    private @Nullable RuntimeSearchParam parameter(String type, String name) {
        return ServedTypes.names().contains(type)
                ? registry.getActiveSearchParam(type, name, SearchParamLookupContextEnum.SEARCH)
                : null;
    }

    /** Whether {@code name} is a reference that may lead to one Patient, and to nothing else at the same time. */
    boolean leadsToOnePatient(String type, String name) {
        RuntimeSearchParam parameter = parameter(type, name);
        return parameter != null
                && parameter.getTargets().contains("Patient")
                && List.of(parameter.getPath().split("\\|")).stream()
                        .map(path -> path.trim().replaceFirst("\\.where\\(.*", ""))
                        .filter(path -> path.startsWith(type + "."))
                        .distinct()
                        .map(path -> path.substring(type.length() + 1))
                        .reduce((one, other) -> UNKNOWN)
                        .filter(path -> isSingle(type, path))
                        .isPresent();
    }

    private boolean isSingle(String type, String path) {
        var child = path.contains(".") || path.equals(UNKNOWN)
                ? null
                : fhir.getResourceDefinition(type).getChildByName(path);
        return child != null && child.getMax() == 1;
    }
}
