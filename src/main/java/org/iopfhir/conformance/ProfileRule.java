// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import org.jspecify.annotations.Nullable;

/**
 * Say when a resource must meet a profile.
 *
 * @param type the resource type that the profile is about
 * @param profile the canonical url of the profile, without version
 * @param appliesWhen FHIRPath over such a resource: true means that the profile is required whatever the resource
 *     claims; null means that only a claim requires it
 */
public record ProfileRule(
        String type, String profile, @Nullable String appliesWhen) {}
