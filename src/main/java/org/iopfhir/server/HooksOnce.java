// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.HookParams;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.interceptor.api.Pointcut;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hooks that a request brings along: those of REST and no others.
 *
 * <p>Storage calls its own hooks and those of the request. Both are the same service here, so that without this every
 * hook of storage would run twice and every write would be validated twice.
 *
 * @param shared the service of REST and storage
 */
record HooksOnce(IInterceptorBroadcaster shared) implements IInterceptorBroadcaster {

    @Override
    public boolean callHooks(Pointcut pointcut, HookParams params) {
        return !isOfRest(pointcut) || shared.callHooks(pointcut, params);
    }

    @Override
    public @Nullable Object callHooksAndReturnObject(Pointcut pointcut, HookParams params) {
        return isOfRest(pointcut) ? shared.callHooksAndReturnObject(pointcut, params) : null;
    }

    @Override
    public boolean hasHooks(Pointcut pointcut) {
        return isOfRest(pointcut) && shared.hasHooks(pointcut);
    }

    @Override
    public List<IInvoker> getInvokersForPointcut(Pointcut pointcut) {
        return isOfRest(pointcut) ? shared.getInvokersForPointcut(pointcut) : List.of();
    }

    private static boolean isOfRest(Pointcut pointcut) {
        return pointcut.name().startsWith("SERVER_");
    }
}
