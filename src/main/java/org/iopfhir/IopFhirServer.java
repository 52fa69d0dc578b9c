// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

/** Starts the server. */
public final class IopFhirServer {

    private IopFhirServer() {}

    public static void main(String[] args) {}
}
