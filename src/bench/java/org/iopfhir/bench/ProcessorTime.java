// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The CPU of this process, garbage collection included, less that of the threads that send requests, and on Linux less
 * that of the compiler: what is warm is compiled, and what is compiled in passing is no part of a request.
 */
final class ProcessorTime {

    private static final Path THREADS = Path.of("/proc/self/task");

    /** As the kernel counts: a hundredth of a second. */
    private static final long NANOS_OF_TICK = 10_000_000;

    /** Of user and system time among the fields after the name of a thread. */
    private static final int USER = 11;

    private final OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long all;
    private long own;
    private long compiling;
    private long compiled;
    private long began;

    void start() {
        compiling = compilerCpu();
        compiled = compileMillis();
        own = ownCpu();
        all = process.getProcessCpuTime();
        began = System.nanoTime();
    }

    /** Milliseconds since the start. */
    double stop() {
        long spent = process.getProcessCpuTime() - all;
        return (spent - (ownCpu() - own) - (compilerCpu() - compiling)) / 1e6;
    }

    /** How much of the time since the start was compiled in, 1 and more when it was done all the time. */
    double shareOfCompiler() {
        return (compileMillis() - compiled)
                / (double) Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }

    private static long compileMillis() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    private static long compilerCpu() {
        if (!Files.isDirectory(THREADS)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(THREADS)) {
            return all.mapToLong(ProcessorTime::cpuIfCompiler).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long cpuIfCompiler(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
                return 0;
            }
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
            return (Long.parseLong(fields.get(USER)) + Long.parseLong(fields.get(USER + 1))) * NANOS_OF_TICK;
        } catch (IOException e) {
            // It has ended meanwhile.
            return 0;
        }
    }

    private long ownCpu() {
        long sum = 0;
        for (long id : threads.getAllThreadIds()) {
            ThreadInfo info = threads.getThreadInfo(id);
            boolean sends = info != null
                    && (info.getThreadName().equals("main")
                            || info.getThreadName().contains(".main(")
                            || info.getThreadName().startsWith("HttpClient"));
            if (sends) {
                sum += threads.getThreadCpuTime(id);
            }
        }
        return sum;
    }
}
