"""Measures `lastro audit` on Terraform code beside Checkov, and on a state beside a bare JSON pass.

usage: measure_files.py LASTRO FLOOR RUNS [CHECKOV_PYTHON]

All programs run in turn, A B A B. CPU seconds and peak memory are the kernel's own (`wait4`). Without CHECKOV_PYTHON the code is
measured alone.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PLAN = os.path.join(HERE, "plan.yaml")
NOW = "2026-11-20T12:00:00Z"
MODULES, LINES = 70, 50_000
STATES = (1_000, 10_000, 100_000)


class Run:
    """What one process cost."""

    def __init__(self, command, accept):
        with tempfile.TemporaryFile() as err:
            began = time.monotonic()
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.wall = time.monotonic() - began
            if child.returncode not in accept:
                err.seek(0)
                raise SystemExit(f"{' '.join(command)} ended with {child.returncode}:\n{err.read(2000).decode()}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.mib = usage.ru_maxrss / 1024


def middle(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def row(name, runs):
    cells = f"{middle(runs, 'cpu'):>9.2f} s{max(run.mib for run in runs):>8.0f} MiB{middle(runs, 'wall'):>9.2f} s"
    print(f"{name:<44}{cells}", flush=True)


def ratio(name, ours, theirs):
    print(f"{name:<44}{middle(theirs, 'cpu') / middle(ours, 'cpu'):>9.2f} x{'':12}{middle(theirs, 'wall') / middle(ours, 'wall'):>9.2f} x", flush=True)


def generated(*arguments):
    made = subprocess.run([sys.executable, os.path.join(HERE, "code.py"), *map(str, arguments)], check=True, capture_output=True, text=True)
    return made.stdout.strip()


def code(lastro, runs, checkov, folder):
    said = generated(folder, MODULES, LINES)
    print(f"code: {said}")
    audit = [lastro, "audit", PLAN, "--terraform", folder, "--no-live", "--format", "json", "--now", NOW]
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(Run(audit, {0, 1, 2}))
        if checkov and len(theirs) < 2:
            command = [checkov, "-m", "checkov.main", "--directory", folder, "--framework", "terraform", "--compact", "--quiet", "--output", "json"]
            theirs.append(Run(command, {0, 1}))
    row("  lastro audit", ours)
    if theirs:
        row("  checkov", theirs)
        ratio("  checkov / lastro", ours, theirs)


def state(lastro, floor, runs, path, resources):
    generated("--state", path, resources)
    print(f"state: {resources} resources, {os.path.getsize(path) / 1e6:.0f} MB")
    audit = [lastro, "audit", PLAN, "--state", path, "--no-live", "--format", "json", "--now", NOW]
    databases, everything, bare = [], [], []
    for _ in range(runs):
        databases.append(Run([*audit, "--only", "rds-backup-retention"], {0, 1, 2}))
        everything.append(Run(audit, {0, 1, 2}))
        bare.append(Run([floor, "--json", path], {0}))
    row("  lastro audit, the databases", databases)
    row("  lastro audit, databases and buckets", everything)
    row("  a bare JSON pass that keeps nothing", bare)
    ratio("  lastro, the databases / bare", bare, databases)
    ratio("  lastro, everything / bare", bare, everything)


def main():
    lastro, floor, runs, *checkov = sys.argv[1:]
    print(f"{'':<44}{'CPU':>11}{'peak':>12}{'wall':>11}")
    with tempfile.TemporaryDirectory() as folder:
        code(lastro, int(runs), checkov[0] if checkov else None, os.path.join(folder, "code"))
        for resources in STATES:
            state(lastro, floor, int(runs), os.path.join(folder, "bench.tfstate"), resources)


if __name__ == "__main__":
    main()
