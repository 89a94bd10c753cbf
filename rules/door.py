"""入口の決まり: how long a login lasts, how long a guesser waits, how long a password must be; settings of the city by day."""

from dataclasses import dataclass
from datetime import date, timedelta

from rules.parameters import figures


@dataclass(frozen=True)
class Limits:
    """ログインの長さ: what the server counts from the last act of the person, and from her login."""

    lock: timedelta  # 画面を閉じるまで
    idle: timedelta  # 終わるまで
    longest: timedelta  # 何をしていても終わるまで
    half: timedelta  # パスワードの後、指を待つ間
    fresh: timedelta  # 指を確かめてから、大事な操作ができる間
    code: timedelta  # 登録コードの有効な間


@dataclass(frozen=True)
class Waits:
    """待ち時間: how many wrong tries are free, then how long each further one costs."""

    account_tries: int
    terminal_tries: int
    first: timedelta
    longest: timedelta


@dataclass(frozen=True)
class PasswordPolicy:
    """パスワードの決まり: lengths in characters; expiry is None where passwords do not expire."""

    shortest: int
    longest: int
    temporary: timedelta
    expires_after: timedelta | None


def limits_of(on: date) -> Limits:
    """ログインの長さ of the day *on*; a screen never locks later than its login ends."""
    row = figures("login", on)
    idle = timedelta(minutes=row["idle_minutes"])
    return Limits(lock=min(timedelta(minutes=row["lock_minutes"]), idle), idle=idle,
                  longest=timedelta(hours=row["longest_hours"]), half=timedelta(seconds=row["half_seconds"]),
                  fresh=timedelta(minutes=row["fresh_minutes"]), code=timedelta(minutes=row["code_minutes"]))


def waits_of(on: date) -> Waits:
    """待ち時間の決まり of the day *on*."""
    row = figures("login_wait", on)
    return Waits(row["account_tries"], row["terminal_tries"], timedelta(seconds=row["first_seconds"]),
                 timedelta(seconds=row["longest_seconds"]))


def wait_after(failures: int, free: int, waits: Waits) -> timedelta:
    """誤りの後に待つ時間: nothing before the *free*-th wrong try; from it on doubling, never longer than the longest."""
    if failures < free:
        return timedelta()
    doublings = min(failures - free, 16)  # far beyond the longest wait; larger powers would only overflow
    wait: timedelta = min(waits.first * 2**doublings, waits.longest)
    return wait


def password_policy_of(on: date) -> PasswordPolicy:
    """パスワードの決まり of the day *on*."""
    row = figures("password", on)
    days = row["expires_after_days"]
    return PasswordPolicy(row["shortest"], row["longest"], timedelta(days=row["temporary_days"]),
                          timedelta(days=days) if days else None)
