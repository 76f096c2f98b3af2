"""The programs that are compared, as processes that answer one line of JSON to one line that names a section."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Starts a JVM as the launchers do: java, and what comes behind the launchers' own flags.
AS_LAUNCHED = ["bash", "-c", 'java=$1 && . "$0" && shift && exec "$java" "${jvm[@]}" "$@"', str(HERE.parent / "jvm.sh")]
TICKS = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1


def busy_seconds() -> float:
    """CPU time that the whole machine has used so far."""
    user, nice, system, _, _, irq, softirq, steal = (int(n) for n in Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS


def own_seconds(pid: int) -> float:
    """CPU time that one process has used so far, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def wait_until_quiet(share: float, deadline: float) -> None:
    """Waits for half a second in which the machine, with all sides idle, is used no more than that."""
    window = 0.5
    while time.monotonic() < deadline:
        start, busy = time.perf_counter(), busy_seconds()
        time.sleep(window)
        if (busy_seconds() - busy) / ((time.perf_counter() - start) * CORES) <= share:
            return


@dataclass(frozen=True)
class Sample:
    line: dict  # what the program said
    cpu: float  # seconds, of the program
    others: float  # share of the machine that other programs used meanwhile

    @property
    def seconds(self) -> float:
        return self.line["seconds"]


class Side:
    """A program of its own."""

    def __init__(self, name: str, command: list[str], log: Path, written: Path):
        self.name = name
        self.written = written  # the folder of the queries' folders
        self.log = log.open("w")
        start = time.perf_counter()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, bufsize=1)
        self.ready = self.answer()
        self.start_seconds = time.perf_counter() - start

    def run(self, section: str) -> Sample:
        self.remove_files()
        pid = self.process.pid
        start, busy, own = time.perf_counter(), busy_seconds(), own_seconds(pid)
        self.process.stdin.write(section + "\n")
        line = self.answer()
        elapsed, cpu = time.perf_counter() - start, own_seconds(pid) - own
        others = (busy_seconds() - busy - cpu) / (elapsed * CORES)
        return Sample(line, cpu, max(0.0, others))

    def remove_files(self) -> None:
        """A query's files are new, as they are in use: ext4 allocates and writes out at once what replaces a file."""
        for folder in self.written.glob("q[0-9]*"):
            shutil.rmtree(folder)

    def answer(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended; see {self.log.name}")
        return json.loads(line)

    def peak_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(60)
        self.log.close()


class Heliograph(Side):
    """Heliograph's program, and another that builds galleries as the command does: in a process of its own, one thread inside an operation."""

    def __init__(self, inputs: Path, out: Path, flags: list[str], options: list[str]):
        self.common = ["--inputs", str(inputs), "--out", str(out / "heliograph")]
        self.flags = flags
        self.precision = [option for option in options if option.startswith("--precision=")]
        self.out = out
        self.builder: Side | None = None
        super().__init__("heliograph", [*program("Benchmark", flags), *self.common, *options], out / "heliograph.log", out / "heliograph" / "queries")

    def run(self, section: str) -> Sample:
        if section != "gallery":
            return super().run(section)
        if self.builder is None:
            command = [*program("GalleryBenchmark", self.flags), *self.common, *self.precision]
            self.builder = Side("heliograph-gallery", command, self.out / "heliograph-gallery.log", self.written)
        return self.builder.run(section)

    def peak_mb(self) -> float:
        """The larger one's: who builds a gallery does not answer queries meanwhile."""
        return max(super().peak_mb(), 0 if self.builder is None else self.builder.peak_mb())

    def close(self) -> None:
        if self.builder is not None:
            self.builder.close()
        super().close()


class Explained:
    """Heliograph's program once more, searching the gallery that has explanations."""

    def __init__(self, side: Side):
        self.side = side
        self.name = f"{side.name}-explained"

    def run(self, section: str) -> Sample:
        name, colon, count = section.partition(":")
        return self.side.run(f"{name}+explained{colon}{count}")


def pytorch(style: str, inputs: Path, out: Path) -> Side:
    script = [sys.executable, str(HERE / "pytorch_pipeline.py"), "--style", style]
    return Side(f"pytorch-{style}", [*script, "--inputs", str(inputs), "--out", str(out / style), "-"], out / f"{style}.log", out / style)


def program(name: str, flags: list[str]) -> list[str]:
    """A class of the benchmark's jar, in a JVM as the launchers start it."""
    target = HERE / "java" / "target"
    if not (target / "heliograph-benchmark.jar").exists():
        raise SystemExit("build first: mvn -Pbenchmark -DskipTests package")
    classpath = f"{target / 'heliograph-benchmark.jar'}:{target / 'lib'}/*"
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
    return [*AS_LAUNCHED, java, *flags, "-cp", classpath, f"dev.heliograph.benchmark.{name}"]
