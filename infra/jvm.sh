# shellcheck shell=bash
# To be sourced by whatever starts a worker: puts into the array `jvm` what the JVM is started with
# before HELIOGRAPH_JAVA_OPTS, and exports what native libraries read. What users have set stays.
# The JVM is the one that `java` names, or else the PATH.

# What users say by whichever variable the JVM reads (what is in an @file is not seen), a blank between and around flags.
theirs=" ${HELIOGRAPH_JAVA_OPTS:-} ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${_JAVA_OPTIONS:-} "
theirs=${theirs//[[:space:]\"\']/ }
# The heap stays as small as what is in it allows: this collector grows it when it must, others when they can.
jvm=(-XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=25)
[[ $theirs =~ \ -XX:\+Use(Serial|Parallel|G1|Z|Shenandoah|Epsilon)GC\  ]] || jvm+=(-XX:+UseSerialGC)
[[ $theirs =~ \ -(Xm[sx]|XX:(Max|Initial)HeapSize=) ]] || jvm+=(-Xms128m)
# What a query leaves is small, since large arrays are used again: a third of a grown heap would lie idle for it.
# Of a heap that users make smaller than a gigabyte, the JVM knows best.
if [[ "$theirs ${jvm[*]} " =~ UseSerialGC && ! $theirs =~ \ -(Xmn|XX:(Max)?NewSize=|XX:NewRatio=|(Xmx|XX:MaxHeapSize=)[0-9]+[kKmM]?\ ) ]]; then
  jvm+=(-XX:MaxNewSize=64m)
fi
# What malloc holds free goes back to the system, where the JVM knows how: 0.1 GB after the model is loaded. JDK 17 has it since an update.
# It is to be unlocked because it was experimental at first (17.0.9, 17.0.10, 21.0.1, 21.0.2, 22): such a JVM would not start.
libjvm=$(dirname "$(readlink -f "$(command -v "${java:-java}")")")/../lib/server/libjvm.so
if [[ ! $theirs =~ TrimNativeHeapInterval= ]] && LC_ALL=C grep -qs TrimNativeHeapInterval "$libjvm"; then
  jvm+=(-XX:+UnlockExperimentalVMOptions -XX:TrimNativeHeapInterval=5000)
fi
unset theirs libjvm
# OpenCV would report each damaged image on stderr once more.
export OPENCV_LOG_LEVEL=${OPENCV_LOG_LEVEL:-SILENT}
# PyTorch's threads wait for each other awake, but no longer than the next operation takes to come: others need the cores.
export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-2000}
# Native buffers of images go back to the system at once, instead of lying scattered in glibc's arenas.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2} MALLOC_MMAP_THRESHOLD_=${MALLOC_MMAP_THRESHOLD_:-8388608} MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_:-16777216}
