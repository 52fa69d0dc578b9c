// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.iopfhir.access.Scope;

/** Which of the scopes that were asked for can be granted. */
final class Scopes {

    private Scopes() {}

    static List<String> split(String scopes) {
        return Arrays.stream(scopes.trim().split("\\s+"))
                .filter(scope -> !scope.isEmpty())
                .distinct()
                .toList();
    }

    /**
     * What of {@code asked} a client may be granted: each scope cut down to what was registered, and left as it was
     * written when nothing is cut. What is unknown or not registered falls away.
     */
    static Set<String> grantable(Collection<String> asked, Client client) {
        Set<String> granted = new LinkedHashSet<>();
        for (String text : asked) {
            Optional<Scope> scope = Scope.parse(text);
            if (scope.isEmpty()) {
                if (client.scopes().contains(text)) {
                    granted.add(text);
                }
            } else {
                granted.addAll(cut(text, scope.get(), client.resourceScopes()));
            }
        }
        return granted;
    }

    private static List<String> cut(String text, Scope asked, List<Scope> allowed) {
        if (allowed.stream().anyMatch(one -> one.covers(asked))) {
            return List.of(text);
        }
        return allowed.stream()
                .flatMap(one -> one.and(asked).stream())
                .map(Scope::text)
                .distinct()
                .toList();
    }

    /** Whether everything that {@code scope} permits was granted by one of {@code granted}. */
    static boolean isWithin(String scope, Collection<String> granted) {
        return granted.contains(scope)
                || Scope.parse(scope)
                        .map(asked -> Scope.parseAll(String.join(" ", granted)).stream()
                                .anyMatch(one -> one.covers(asked)))
                        .orElse(false);
    }

    static boolean isOfLevel(String scope, Scope.Level level) {
        return Scope.parse(scope).map(parsed -> parsed.level() == level).orElse(false);
    }
}
