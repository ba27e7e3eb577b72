"""Measures `lastro audit` beside the floor, the bare calls, and prints what both cost.

usage: measure.py LASTRO FLOOR MINISTACK_PYTHON PORT RUNS BUCKETS…

Both programs run in turn, A B A B, over one emulator. CPU seconds and peak memory are the kernel's own (`wait4`). This program
imports nothing large: a child that is started from a large process would seem as large as that one.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
NOW = "2026-11-20T12:00:00Z"
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true",
               "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "PATH": os.environ.get("PATH", "")}


# Reads a report, or the one number of the floor. A report of many megabytes would make this process large, and with it every
# child that it starts later: it is read in a process of its own.
COUNT = """
import json, sys
said = json.load(sys.stdin)
print(said if isinstance(said, int) else sum(said["stats"]["api_calls"].values()))
"""


class Run:
    """What one process cost."""

    def __init__(self, command, accept):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            began = time.monotonic()
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=ENVIRONMENT, cwd=ROOT)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.wall = time.monotonic() - began
            out.seek(0), err.seek(0)
            if child.returncode not in accept:
                raise SystemExit(f"{' '.join(command)} ended with {child.returncode}:\n{err.read(2000).decode()}")
            counted = subprocess.run([sys.executable, "-c", COUNT], stdin=out, capture_output=True, text=True, check=True)
            self.calls = int(counted.stdout)
        self.cpu = usage.ru_utime + usage.ru_stime
        self.mib = usage.ru_maxrss / 1024


def middle(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def row(name, requests, cells):
    print(f"{name:<34}{requests:>8}" + "".join(f"{cell:>10}" for cell in cells), flush=True)


def figures(runs):
    return [f"{middle(runs, 'cpu'):.2f} s", f"{max(run.mib for run in runs):.0f} MiB", f"{middle(runs, 'wall'):.2f} s"]


def beside_the_floor(lastro, floor, endpoint, runs, name, plan, tags):
    """The bench plan and its bare calls, in turn."""
    audit = [lastro, "audit", plan, "--live", "--endpoint-url", endpoint, "--format", "json", "--now", NOW]
    ours, bare = [], []
    for _ in range(runs):
        ours.append(Run(audit, {0, 1}))
        bare.append(Run([floor, endpoint, *tags], {0}))
    row(name, ours[0].calls, figures(ours))
    row("  the bare calls", bare[0].calls, figures(bare))
    ratio = [middle(ours, what) / middle(bare, what) for what in ("cpu", "mib", "wall")]
    row("  ratio", f"{ours[0].calls / bare[0].calls:.2f}", [f"{part:.2f}" for part in ratio])


def alone(lastro, runs, name, arguments):
    """A plan that has no floor: what it costs all the same."""
    done = [Run([lastro, "audit", *arguments, "--format", "json", "--now", NOW], {0, 1, 2}) for _ in range(runs)]
    row(name, done[0].calls, figures(done))


def tenth(folder):
    """The bench plan for one resource in ten."""
    everything, wanted = "{ tags: { System: flowise } }", "{ tags: { System: flowise, Part: tenth } }"
    with open(os.path.join(HERE, "plan.yaml"), encoding="utf-8") as plan:
        text = plan.read()
    assert everything in text, "benches/plan.yaml no longer selects by the tag that populate.py writes"
    path = os.path.join(folder, "tenth.yaml")
    with open(path, "w", encoding="utf-8") as plan:
        plan.write(text.replace(everything, wanted))
    return path


def state(folder, resources):
    """A Terraform state in which one resource in ten is a bucket, and the others have the size that real ones have."""
    path = os.path.join(folder, f"{resources}.tfstate")
    with open(path, "w", encoding="utf-8") as out:
        out.write('{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"bench","outputs":{},"resources":[')
        for at in range(resources):
            kind = "aws_s3_bucket" if at % 10 == 0 else "aws_cloudwatch_metric_alarm"
            name = f"bench-{at:06}"
            attributes = {"arn": f"arn:aws:s3:::{name}", "bucket": name, "id": name, "region": "us-east-1",
                          "tags_all": {"System": "flowise"}, "description": "x" * 1500,
                          "dimensions": {f"d{i}": f"value {i}" for i in range(10)}}
            instance = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
            provider = 'provider["registry.terraform.io/hashicorp/aws"]'
            one = {"mode": "managed", "type": kind, "name": f"r{at}", "provider": provider, "instances": [instance]}
            out.write(("," if at else "") + json.dumps(one))
        out.write("]}")
    return path


def offline(lastro, runs, folder):
    for resources in (1_000, 10_000, 100_000):
        path = state(folder, resources)
        name = f"state, {resources:,} resources, {os.path.getsize(path) / 1e6:.0f} MB"
        alone(lastro, runs, name, [os.path.join(HERE, "plan.yaml"), "--no-live", "--state", path])


def emulator(python, port):
    """Starts the emulator and waits until it answers."""
    environment = {**ENVIRONMENT, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": port, "MINISTACK_LOG_LEVEL": "ERROR"}
    binary = os.path.join(os.path.dirname(python), "ministack")
    child = subprocess.Popen([binary], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health", timeout=1).close()
            return child
        except urllib.error.HTTPError:
            return child
        except OSError:
            time.sleep(0.1)
        if child.poll() is not None:
            break
    child.kill()
    raise SystemExit(f"the emulator does not come up on port {port}: is it taken?")


def main(lastro, floor, python, port, runs, *sizes):
    runs, endpoint = int(runs), f"http://127.0.0.1:{port}"
    service = emulator(python, port)
    try:
        row(f"medians of {runs} runs", "calls", ["CPU", "peak", "wall"])
        with tempfile.TemporaryDirectory() as folder:
            part, everything, flowise = tenth(folder), os.path.join(HERE, "plan.yaml"), os.path.join(ROOT, "policies", "flowise.yaml")
            before = 0
            for size in map(int, sizes):
                subprocess.run([python, os.path.join(HERE, "populate.py"), endpoint, str(before), str(size)], check=True)
                before = size
                tags = ["System=flowise"]
                beside_the_floor(lastro, floor, endpoint, runs, f"{size:,} buckets, all selected", everything, tags)
                beside_the_floor(lastro, floor, endpoint, runs, f"{size:,} buckets, a tenth selected", part, [*tags, "Part=tenth"])
                alone(lastro, runs, f"{size:,} buckets, flowise.yaml", [flowise, "--live", "--endpoint-url", endpoint])
            offline(lastro, runs, folder)
    finally:
        service.terminate()
        service.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
