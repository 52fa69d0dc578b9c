// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Speaks to whoever has started the program; what it says is in no log. */
public final class Console {

    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private Console() {}

    public static void print(String text) {
        OUT.println(text);
    }
}
