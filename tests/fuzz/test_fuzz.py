"""壊れたファイル: no damage ends in anything but a whole refusal or a fault with its line and item, whoever thought of it."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from config import ROOT
from tests.fuzz.chance import by_chance
from tests.fuzz.targets import ALL_SEEDS, TARGETS, claim_file

# One thread for each: what is read is small, and what would be gained is lost in waking the others.
ALONE = {**os.environ, "POLARS_MAX_THREADS": "1"}
SECONDS = int(os.environ.get("NANBYO_FUZZ_SECONDS", "60" if os.environ.get("CI") else "5"))
AT_ONCE = 2


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, env=ALONE, capture_output=True, text=True, check=False)


def test_ten_thousand_damaged_files_are_refused_or_named_and_never_a_traceback():
    done = run("tests.fuzz.mutants")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {outcome for each in found.values() for outcome in each} == {"refused", "named", "read"}
    assert sum(count for each in found.values() for count in each.values()) >= 10_000


def test_every_target_reads_its_own_seeds():
    assert {target(seed) for target, seeds in ALL_SEEDS.items() for seed in seeds} == {"read"}


def test_bytes_nobody_thought_of_keep_the_promise_too():
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = dict(zip(TARGETS, pool.map(lambda name: run("tests.fuzz.run", name, str(SECONDS)), TARGETS), strict=True))
    assert {name: each.stdout[-500:] + each.stderr[-4000:] for name, each in done.items() if each.returncode} == {}


def test_chance_alone_tries_a_target_where_no_coverage_can_be_had():
    assert by_chance(claim_file, 1) > 20
