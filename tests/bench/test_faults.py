"""故障の測定: a round of it, so that it still runs: a full disk, a jumping clock and a dead worker lose nothing that was told as saved."""

from bench import faults
from bench.fault_exchanges import counted


def test_nothing_is_lost_on_a_full_disk_by_a_jumping_clock_or_with_a_worker():
    told: list[str] = []
    found = faults.measure(1, told.append, (("import", "disk"), ("payment", "clock"), ("payment", "worker")))
    assert found["ok"] and (found["lost"], found["halves"]) == (0, 0), found
    assert set(found["rounds"]) == {"import, disk", "payment, clock", "payment, worker"} and len(told) == 3


def test_a_promise_that_is_broken_is_counted(session, tmp_path):
    """What was never saved is missing; a file without its run is a half."""
    (tmp_path / "to_bank").mkdir()
    (tmp_path / "to_bank" / "SOGO_20261210_0001.txt").write_text("nobody released this")
    assert faults.KINDS["payment"].broken(session, ["released 999999"], tmp_path) == (1, 1)
    assert faults.KINDS["keying"].broken(session, ["999999 1"], tmp_path) == (1, 0)
    assert faults.KINDS["import"].broken(session, ["999999 40"], tmp_path) == (1, 0)
    assert faults.KINDS["print"].broken(session, ["asked 999999"], tmp_path) == (1, 0)


def test_an_act_that_one_side_lacks_or_has_twice_or_otherwise_is_counted():
    one, other, changed = ("A", "26"), ("B", "26"), ("B", "87")
    assert counted([one, other], [one, other], {"A", "B"}) == {"acts": 2, "lost": 0, "doubled": 0, "differing": 0}
    assert counted([one], [one, other], {"A", "B"}) == {"acts": 2, "lost": 1, "doubled": 0, "differing": 1}
    assert counted([one, one], [one], {"A"}) == {"acts": 1, "lost": 0, "doubled": 1, "differing": 0}
    assert counted([one, other], [one, changed], {"A", "B"})["differing"] == 2
    assert counted([one, other], [one, other], {"A"}) == {"acts": 1, "lost": 0, "doubled": 2, "differing": 0}, "nobody asked for it"
