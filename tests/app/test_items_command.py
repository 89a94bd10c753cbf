"""項目の命令: prints the 187 items, then the extensions."""

from click.testing import CliRunner

from app.commands.items import items


def test_the_command_prints_one_row_an_item():
    result = CliRunner().invoke(items)
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "table,no,label,model,attribute,entry,pii"
    assert sum(not line.startswith("extension,") for line in lines[1:]) == 187
