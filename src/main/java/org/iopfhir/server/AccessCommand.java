// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import org.iopfhir.smart.Commands;
import org.iopfhir.smart.Console;
import org.iopfhir.smart.SmartSettings;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/** {@code client ...} and {@code user ...} of the command line: edits the files that a running server reads again. */
public final class AccessCommand {

    private AccessCommand() {}

    /**
     * Do it, if the arguments are such a command, with the settings that a server would have.
     *
     * @return whether they were
     * @throws Commands.CommandException when it cannot be done
     */
    public static boolean run(String... args) {
        if (!Commands.isCommand(args)) {
            return false;
        }
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(args));
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        SmartSettings settings = Binder.get(environment).bindOrCreate("iop.smart", SmartSettings.class);
        Console.print(new Commands(settings).run(args));
        return true;
    }
}
