// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;

/** The CPU of this process, garbage collection and compiler included, less that of the threads that send requests. */
final class ProcessorTime {

    private final OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long all;
    private long own;

    void start() {
        own = ownCpu();
        all = process.getProcessCpuTime();
    }

    /** Milliseconds since the start. */
    double stop() {
        return (process.getProcessCpuTime() - all - (ownCpu() - own)) / 1e6;
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
