// SPDX-License-Identifier: Apache-2.0
/**
 * What a resource must look like: the IG package that this project publishes, the rules which resource must meet which
 * of its profiles, the validation of a resource against them, and the terminology that comes with them. Nothing here
 * reads from the network or from the database; everything comes from the package and from the base R4 definitions that
 * the build put on the class path.
 *
 * <p>The file {@code oidregistry.csv} in our resources, a heading and no rows, stands before the one of HL7's library on
 * the class path on purpose. HL7's validator reads that table of 1.5 MB again for every single resource, which is half
 * of the CPU time of a validation, and looks into it only when it resolves urls over the network, which ours never does.
 *
 * @see <a href="http://hl7.org/fhir/R4/profiling.html">Profiling FHIR</a>
 * @see <a href="http://hl7.org/fhir/R4/validation.html">Validating resources</a>
 * @see <a href="https://confluence.hl7.org/display/FHIR/NPM+Package+Specification">NPM package specification</a>
 */
@NullMarked
package org.iopfhir.conformance;

import org.jspecify.annotations.NullMarked;
