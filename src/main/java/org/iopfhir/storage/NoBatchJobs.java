// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import java.lang.reflect.Proxy;

/**
 * Stands where HAPI's DAOs and terminology store ask for its batch framework, which this server does not run: its jobs
 * act without a caller, so nothing could decide what they may see.
 */
final class NoBatchJobs {

    private NoBatchJobs() {}

    /** An object of {@code type} whose every method throws {@link UnsupportedOperationException}. */
    static <T> T inPlaceOf(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == args[0];
                    case "toString" -> "no " + type.getSimpleName();
                    default -> throw new UnsupportedOperationException("This server runs no batch jobs of HAPI");
                }));
    }
}
