// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What goes with a disclosure.
 *
 * @param notice which of the two statements of 42 CFR 2.32(a)
 */
@ConfigurationProperties("iop.part2")
public record NoticeSettings(@DefaultValue("short") Notice.Statement notice) {}
