// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.sandbox;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a developer's server starts with.
 *
 * @param stories whether the patient stories of the IG package are loaded; turn it off in production
 */
@ConfigurationProperties("iop.sandbox")
public record SandboxSettings(@DefaultValue("true") boolean stories) {}
