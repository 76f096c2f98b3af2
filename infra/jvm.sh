# shellcheck shell=bash
# To be sourced by whatever starts a worker: puts into the array `jvm` what the JVM is started with
# before HELIOGRAPH_JAVA_OPTS, and exports what native libraries read. What users have set stays.

# What users say by whichever variable the JVM reads.
theirs=" ${HELIOGRAPH_JAVA_OPTS:-} ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} "
# The heap stays as small as what is in it allows: this collector grows it when it must, others when they can.
jvm=(-XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40)
[[ $theirs =~ \ -XX:\+Use[A-Za-z0-9]*GC ]] || jvm+=(-XX:+UseSerialGC)
if [[ ! $theirs =~ \ -Xm[nsx] ]]; then
  jvm+=(-Xms128m)
  # What a query leaves is small, since large arrays are used again: a third of a grown heap would lie idle for it.
  [[ ! " ${jvm[*]} " =~ UseSerialGC ]] || jvm+=(-XX:MaxNewSize=64m)
fi
unset theirs
# OpenCV would report each damaged image on stderr once more.
export OPENCV_LOG_LEVEL=${OPENCV_LOG_LEVEL:-SILENT}
# PyTorch's threads wait for each other awake, but no longer than the next operation takes to come: others need the cores.
export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-2000}
# Native buffers of images go back to the system at once, instead of lying scattered in glibc's arenas.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2} MALLOC_MMAP_THRESHOLD_=${MALLOC_MMAP_THRESHOLD_:-8388608} MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_:-16777216}
