// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.HookParams;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.interceptor.api.Pointcut;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of a request without those of storage. HAPI's storage asks its own service and that of the request; here
 * both are one, so each storage hook would be called twice, and each resource validated twice.
 */
record ServerHooks(IInterceptorBroadcaster all) implements IInterceptorBroadcaster {

    @Override
    public boolean hasHooks(Pointcut pointcut) {
        return isOfServer(pointcut) && all.hasHooks(pointcut);
    }

    @Override
    public List<IInvoker> getInvokersForPointcut(Pointcut pointcut) {
        return isOfServer(pointcut) ? all.getInvokersForPointcut(pointcut) : List.of();
    }

    @Override
    public boolean callHooks(Pointcut pointcut, HookParams params) {
        return !isOfServer(pointcut) || all.callHooks(pointcut, params);
    }

    @Override
    public @Nullable Object callHooksAndReturnObject(Pointcut pointcut, HookParams params) {
        return isOfServer(pointcut) ? all.callHooksAndReturnObject(pointcut, params) : null;
    }

    private static boolean isOfServer(Pointcut pointcut) {
        return pointcut.name().startsWith("SERVER_");
    }
}
