"""項目の命令: the recorded items, as the code declares them."""

import click

import models  # noqa: F401  # every table is known before the catalogue is asked
from procedures import annex


@click.command()
@click.option("--page", is_flag=True, help="docs/annex.md の形で出力する")
def items(page: bool) -> None:
    """記録項目 187 と拡張項目を CSV で出力する."""
    click.echo(annex.as_page() if page else annex.as_csv(), nl=False)
