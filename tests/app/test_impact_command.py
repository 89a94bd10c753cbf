"""rules impact: which examples and certifications a file of figures would change; nothing is stored, nobody named."""

import json
import os
import subprocess
import sys

from config import ROOT


def run(database_url, *words):
    return subprocess.run([sys.executable, "-m", "app.commands", "rules", "impact", *words], cwd=ROOT, capture_output=True,
                          text=True, check=False, env={**os.environ, "DATABASE_URL": database_url.replace("+psycopg", "")})


def test_a_file_of_figures_is_tried(tmp_path, database_url):
    file = tmp_path / "tier.yaml"
    file.write_text("2025-07-01: {low_1_income_max: 809000, general_1_below: 60000, general_2_below: 251000}")
    done = run(database_url, "--json", str(file))
    found = json.loads(done.stdout)
    assert done.returncode == 0 and found["examples"] > 10 and len(found["changed_examples"]) >= 1
    assert "計算例" in run(database_url, str(file)).stdout
    (tmp_path / "none.yaml").write_text("2025-07-01: {}")
    assert run(database_url, str(tmp_path / "none.yaml")).returncode == 2
