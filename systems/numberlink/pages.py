"""番号連携サーバの画面."""

from flask import Blueprint

from systems.numberlink.vault import Vault

MENU = ()


def pages(vault: Vault) -> Blueprint:
    return Blueprint("numberlink", __name__, template_folder="templates")
