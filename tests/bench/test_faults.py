"""故障の測定: a round of it, so that it still runs: a full disk and a jumping clock lose nothing that was told as saved."""

from bench import faults


def test_nothing_is_lost_on_a_full_disk_or_by_a_jumping_clock(monkeypatch):
    monkeypatch.setattr(faults, "KINDS", ("import",))
    monkeypatch.setattr(faults, "VICTIMS", ("disk", "clock"))
    told: list[str] = []
    found = faults.measure(1, told.append)
    assert found["ok"] and (found["lost"], found["halves"]) == (0, 0) and told, found
