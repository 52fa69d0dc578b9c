// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.sandbox;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a developer's server starts with; turn both off in production.
 *
 * @param stories         whether the patient stories of the IG package are loaded
 * @param access          whether there are users and clients to try the server with
 * @param credentialsFile where their secrets are, which are made at the first start
 */
@ConfigurationProperties("iop.sandbox")
public record SandboxSettings(
        @DefaultValue("true") boolean stories,
        @DefaultValue("true") boolean access,
        @DefaultValue("./data/sandbox-credentials.json") String credentialsFile) {}
