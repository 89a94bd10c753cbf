"""受け取ったファイルの保管: sealed in parts, given back byte for byte, row by row; a refused file leaves nothing."""

from io import BytesIO

import pytest
from cryptography.exceptions import InvalidTag

from procedures import receipt_vault
from procedures.receipt_vault import ReceiptVault


@pytest.fixture
def vault(tmp_path, monkeypatch):
    monkeypatch.setattr(receipt_vault, "PART", 16)
    return ReceiptVault(tmp_path, b"k" * 32)


@pytest.mark.parametrize("size", [1, 15, 16, 17, 32, 100])
def test_a_file_comes_back_as_it_came(vault, size):
    content = bytes(range(size))
    name, stored = vault.keep(BytesIO(content))
    source = vault.open(name)
    assert stored == size and source.read() == content and source.tell() == size


@pytest.mark.parametrize(("first", "count"), [(0, 3), (14, 4), (16, 16), (15, 34), (99, 1)])
def test_the_bytes_of_a_row_are_cut_across_parts(vault, first, count):
    content = bytes(range(100))
    name, _ = vault.keep(BytesIO(content))
    assert vault.cut(name, first, count) == content[first:first + count]


def test_nothing_on_disk_can_be_read_or_altered_without_the_key(vault, tmp_path):
    name, _ = vault.keep(BytesIO(b"54117015,0000018,"))
    (part,) = (path for path in tmp_path.rglob("*") if path.is_file() and path.name.endswith("-00000"))
    assert b"54117015" not in part.read_bytes()
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    with pytest.raises(InvalidTag):
        vault.open(name)


def test_a_forgotten_file_is_gone_with_all_its_parts(vault, tmp_path):
    name, _ = vault.keep(BytesIO(bytes(100)))
    vault.forget(name)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    with pytest.raises(FileNotFoundError):
        vault.open(name)
