"""測定の結果の書き方: one line or table a benchmark, with what was demanded and whether it was met."""

from collections.abc import Callable, Mapping
from typing import Any, Final

SHOWN_PAIRS: Final = 10


def told(name: str, result: dict[str, Any]) -> str:
    """Return what *result* of the benchmark *name* says, for a person."""
    return _TABLES.get(name, _every_figure)(result)


def _names(result: dict[str, Any]) -> str:
    lines = [f"{sought}\t{each['ms']} ms\t{each['counted']}" for sought, each in result["names"].items()]
    return "\n".join([f"{result['people']:,} names; median of page and count", *lines,
                      f"worst {result['worst_ms']} ms, limit {result['limit_ms']} ms: {_verdict(result)}"])


def _rotation(result: dict[str, Any]) -> str:
    return (f"{result['rows']:,} numbers: sealed anew {result['seconds']} s (limit {result['limit_seconds']:g}), bare update "
            f"{result['bare_update']} s, ratio {result['ratio']}, unreadable {result['unreadable']}: {_verdict(result)}")


def _audit(result: dict[str, Any]) -> str:
    return (f"{result['entries']:,} entries, {result['checkpoints']:,} checkpoints: proved in {result['verify_s']} s, only read in "
            f"{result['read_s']} s, ratio {result['ratio']} (limit {result['most']:g}); own time for a million "
            f"{result['cpu_s_a_million']} s (limit {result['limit_s']:g}): {_verdict(result)}")


def _print(result: dict[str, Any]) -> str:
    return (f"{result['people']:,} people, two pages each: stamped {result['stamped_pages_s']:,} pages/s, WeasyPrint one each "
            f"{result['weasyprint_pages_s']} pages/s, ratio {result['ratio']} (must {result['must']:g}), same text "
            f"{result['same_text']}, most differing pixels {result['worst_pixels']}, peak {result['peak_mb']} MB: "
            f"{_verdict(result)}")


def _benefits(result: dict[str, Any]) -> str:
    pairs = sorted(result["pairs"].items(), key=lambda each: each[1]["nanbyo"] - each[1]["floor"] * each[1]["must"], reverse=True)
    within = sum(each["ok"] for each in (*result["filters"].values(), *result["pairs"].values()))
    return "\n".join([
        f"{result['receipts']:,} receipts, median of {result['rounds']} rounds, ms",
        *(_page(page, each) for page, each in (*result["pages"].items(), *result["filters"].items(), *pairs[:SHOWN_PAIRS])),
        f"{within} of {len(result['filters']) + len(pairs)} filters and pairs of filters within the limit; of the pairs the {SHOWN_PAIRS} furthest above it"])


def _page(name: str, each: dict[str, Any]) -> str:
    return f"{name}\tnanbyo {each['nanbyo']}\tfloor {each['floor']}\t÷ floor {each['times_floor']} (must {each['must']:g}): {_verdict(each)}"


def _receipts(result: dict[str, Any]) -> str:
    return (f"{result['rows']:,} receipts of {result['holders']:,} holders: whole import {result['import']} s, bare COPY {result['copy']} s, "
            f"ratio {result['ratio']} (limit {result['limit']}), {result['rows_per_second']:,} rows/s, peak {result['peak_mb']} MB "
            f"({result['before_mb']} before, {result['quarter_peak_mb']} with a quarter of the rows: {result['growth_mb']} more, limit "
            f"{result['most_growth_mb']}); COPY into a plain table {result['plain_copy']} s; "
            f"recomputation differs in {result['recomputed_differing']} months: {_verdict(result)}")


def _register(result: dict[str, Any]) -> str:
    return (f"{result['rows']:,} rows: import {result['import']} s, bare COPY {result['copy']} s, "
            f"ratio {result['ratio']} (limit {result['limit']}), {result['rows_per_second']:,} rows/s: {_verdict(result)}")


def _lists(result: dict[str, Any]) -> str:
    lines = [f"{result['people']:,} people, median of {result['rounds']} rounds, ms (SQL statements)",
             f"{'page':10}{'nanbyo':>14}{'floor':>14}{'Django admin':>16}{'÷ floor':>10}{'Django ÷ ours':>15}"
             f"{'must':>8}"]
    for page, each in result["pages"].items():
        shown = "".join(f"{each[peer]['ms']:>{width}.1f} ({each[peer]['sql']})"
                        for peer, width in (("nanbyo", 10), ("floor", 10), ("django", 12)))
        lines.append(f"{page:10}{shown}{each['times_floor']:>10.1f}{each['django_over_nanbyo']:>15.1f}"
                     f"{each['must']:>7.0f}× {_verdict(each)}")
    return "\n".join(lines)


def _exchanges(result: dict[str, Any]) -> str:
    lines = [f"{name}\t{result[way]['a_second']} a second, p50 {result[way]['p50_ms']} ms, p99 {result[way]['p99_ms']} ms"
             for way, name in (("network", "中間サーバ ↔ network"), ("core", "core ↔ 番号連携サーバ ↔ 中間サーバ ↔ network"))]
    return "\n".join([f"{result['asked']:,} exchanges, {result['clients']} clients, {result['cpus']} processors for everything", *lines,
                      f"recorded {result['recorded']:,}, both sides agree {result['both_sides_agree']}; must {result['must_a_second']:g} a second, "
                      f"p99 at most {result['most_p99_ms']:g} ms: {_verdict(result)}"])


def _every_figure(result: dict[str, Any]) -> str:
    return "\n".join([*(f"{name}\t{value}" for name, value in result.items() if name != "ok"), _verdict(result)])


def _verdict(result: dict[str, Any]) -> str:
    return "ok" if result["ok"] else "MISSED"


_TABLES: Final[Mapping[str, Callable[[dict[str, Any]], str]]] = {
    "names": _names, "rotation": _rotation, "audit": _audit, "print": _print, "benefits": _benefits, "receipts": _receipts, "register": _register, "lists": _lists,
    "exchanges": _exchanges}
