"""Runs Heliograph and the plain PyTorch pipeline side by side on the same inputs, and prints what each took.

    python make_inputs.py --tokenizer FOLDER --out INPUTS
    mvn -Pbenchmark -DskipTests package
    python run.py --inputs INPUTS --out OUT [--rounds 9] [--quiet 0.05]

Runs are interleaved (A B C, B C A, ...), after a warm-up of each side. First it is checked that all gave the same ranking, maps, files and
gallery; it ends if they did not. Each run waits for a moment in which other programs leave the machine alone, and one during which they used
more than --quiet of it is repeated, for --patience seconds over all; after that the quietest counts, and the table shows how quiet it was. Writes OUT/results.json and OUT/results.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import checks
from checks import same_answer, same_files, same_gallery
from sides import CORES, HERE, Explained, Heliograph, Sample, Side, pytorch, wait_until_quiet

WARM_UP = {
    "heliograph": ["one"] * 15 + ["one-bare"] * 5 + ["gallery"] * 2 + ["queue:16"],
    "heliograph-explained": ["one"] * 10 + ["one-bare"] * 5 + ["queue:16"],
    "pytorch-plain": ["one", "one-bare", "gallery"],
    "pytorch-tuned": ["one", "one-bare", "gallery"],
}


# What a gallery with explanations makes no difference to.
WITHOUT_EXPLAINED = ("gallery",)


def title(section: str) -> str:
    name, _, count = section.partition(":")
    return {
        "one": "one query, all files",
        "one-bare": "one query, nothing written",
        "queue": f"{count} queries queued, all files",
        "queue-bare": f"{count} queries queued, nothing written",
        "gallery": "gallery of 64 images",
    }[name]


class Comparison:
    def __init__(self, sides: list[Side | Explained], quiet: float, patience: float):
        self.sides, self.quiet = sides, quiet
        self.deadline = time.monotonic() + patience
        self.samples: dict[str, dict[str, list[Sample]]] = {}

    def measure(self, sections: dict[str, str], title_of: str, rounds: int) -> None:
        """Runs each side's section so many times, in turn. Sides may differ in how much they do at a time: seconds are per query then."""
        sides = [side for side in self.sides if side.name in sections]
        into = self.samples.setdefault(title_of, {side.name: [] for side in sides})
        for turn in range(rounds):
            order = sides[turn % len(sides) :] + sides[: turn % len(sides)]
            for side in order:
                into[side.name].append(self.quiet_run(side, sections[side.name]))
                print(f"  {title_of}, {side.name}: {into[side.name][-1].seconds:.3f} s, others {into[side.name][-1].others:.0%}", flush=True)

    def quiet_run(self, side: Side | Explained, section: str) -> Sample:
        """One run that was quiet enough; else, when patience has ended, the quietest of those that were tried."""
        quietest: Sample | None = None
        while quietest is None or (quietest.others > self.quiet and time.monotonic() < self.deadline):
            wait_until_quiet(self.quiet, self.deadline)
            sample = side.run(section)
            if quietest is None or sample.others < quietest.others:
                quietest = sample
        return quietest

    def table(self) -> list[dict]:
        rows = []
        for section, by_side in self.samples.items():
            row = {"section": section}
            for name, samples in by_side.items():
                seconds = [s.seconds / s.line.get("queries", 1) for s in samples]
                row[name] = {
                    "median": statistics.median(seconds),
                    "lowest": min(seconds),
                    "highest": max(seconds),
                    "cpu": statistics.median(s.cpu / s.line.get("queries", 1) for s in samples),
                    "others": statistics.median(s.others for s in samples),
                    "runs": len(samples),
                }
            rows.append(row)
        return rows


def machine() -> dict:
    cpu = next(line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    commit = subprocess.run(["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return {"cpu": cpu, "cores": CORES, "memory_gib": round(memory), "kernel": platform.release(), "date": datetime.date.today().isoformat(), "commit": commit}


def markdown(result: dict) -> str:
    theirs = [name for name in result["start_seconds"] if name.startswith("pytorch")]
    head = ["median seconds", "Heliograph"] + [name for name in theirs for name in (name, "ratio")] + ["Heliograph's cores busy", "others"]
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for row in result["table"]:
        for name in (name for name in row if name.startswith("heliograph")):
            ours = row[name]
            cells = [row["section"] + (", explained gallery" if name.endswith("-explained") else "")]
            cells += [f"{ours['median']:.3f} ({ours['lowest']:.3f}–{ours['highest']:.3f})"]
            for other in theirs:
                cells += [f"{row[other]['median']:.3f}", f"**{row[other]['median'] / ours['median']:.1f}×**"]
            cells += [f"{ours['cpu'] / ours['median'] / CORES:.0%}", f"{max(row[n]['others'] for n in (name, *theirs)):.0%}"]
            lines.append("| " + " | ".join(cells) + " |")
    m = result["machine"]
    lines += ["", f"{m['date']}, commit {m['commit']}, {m['cpu']}, {m['cores']} cores, {m['memory_gib']} GiB, Linux {m['kernel']}."]
    lines += [f"{name}: ready after {result['start_seconds'][name]:.1f} s, resident at most {result['peak_mb'][name]:.0f} MB." for name in result["start_seconds"]]
    lines += ["Largest differences: " + ", ".join(f"{key} {value:.1e}" for key, value in result["differences"].items()) + "."]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--queue", type=int, default=100, help="queries queued, over all rounds; PyTorch answers one after the other, so a tenth of them tells its pace")
    parser.add_argument("--queue-rounds", type=int, default=4)
    parser.add_argument("--quiet", type=float, default=0.05)
    parser.add_argument("--patience", type=float, default=3600)
    parser.add_argument("--jvm", action="append", default=[], help="a further JVM flag")
    parser.add_argument("--option", action="append", default=[], help="a further option of Heliograph's side, such as --in-flight=8")
    parser.add_argument("--without-tuned", action="store_true")
    parser.add_argument("--tolerant", action="store_true", help="say where the sides differ, and go on: for options that compute less exactly")
    args = parser.parse_args()
    checks.tolerant = args.tolerant

    args.out.mkdir(parents=True, exist_ok=True)
    styles = ["plain"] if args.without_tuned else ["plain", "tuned"]
    programs = [Heliograph(args.inputs, args.out, args.jvm, args.option)] + [pytorch(style, args.inputs, args.out) for style in styles]
    sides = [programs[0], Explained(programs[0]), *programs[1:]]
    for side in sides:
        for section in WARM_UP[side.name]:
            side.run(section)
    differences = compare(sides, args.out)
    print("same ranking, maps, files and gallery:", json.dumps(differences), flush=True)

    comparison = Comparison(sides, args.quiet, args.patience)
    for section in ("one", "one-bare", "gallery"):
        measured = [side.name for side in sides if not (isinstance(side, Explained) and section in WITHOUT_EXPLAINED)]
        comparison.measure({name: section for name in measured}, title(section), args.rounds)
    portion = max(1, args.queue // args.queue_rounds)
    few = max(1, portion // 10)
    for section in ("queue", "queue-bare"):
        wanted = {side.name: f"{section}:{few if side.name.startswith('pytorch') else portion}" for side in sides}
        comparison.measure(wanted, title(f"{section}:{args.queue}") + f" in portions of {portion}, per query", args.queue_rounds)
    for folder in ("heliograph/queries", *styles):
        shutil.rmtree(args.out / folder, ignore_errors=True)

    result = {
        "machine": machine(),
        "start_seconds": {side.name: side.start_seconds for side in programs},
        "peak_mb": {side.name: side.peak_mb() for side in programs},
        "differences": differences,
        "table": comparison.table(),
        "samples": {s: {n: [[x.seconds, x.cpu, x.others] for x in xs] for n, xs in by.items()} for s, by in comparison.samples.items()},
    }
    for side in programs:
        side.close()
    (args.out / "results.json").write_text(json.dumps(result, indent=1))
    (args.out / "results.md").write_text(markdown(result))
    print(markdown(result))


def compare(sides: list[Side | Explained], out: Path) -> dict:
    """Requires of both of Heliograph's ways that they agree with each of the others."""
    differences: dict[str, float] = {}
    for ours in sides[:2]:
        answer = ours.run("one").line["answer"]
        for side in sides[2:]:
            style = side.name.removeprefix("pytorch-")
            for found in (
                same_answer(answer, side.run("one").line["answer"]),
                same_files(out / "heliograph" / "queries" / "q000", out / style / "q000"),
                same_gallery(out / "heliograph" / "galleries", out / style / "gallery.npy"),
            ):
                for key, value in found.items():
                    differences[key] = max(value, differences.get(key, 0.0))
    return differences


if __name__ == "__main__":
    main()
