"""結果の書き方: how a command says in words what became of every row of a file."""

from procedures.import_report import Report

MOST_SHOWN = 50


def page_of(report: Report) -> str:
    """The report in words; of many faults the first ones."""
    lines = [f"{report.file}: 読込 {report.read:,} 件、登録 {report.accepted:,} 件、登録済み {report.already:,} 件、"
             f"保留 {report.held:,} 件、取り込めない行 {report.rejected:,} 件"]
    lines += [f"  {fault.line}行目 {fault.item}: {fault.message}" if fault.line else f"  {fault.message}"
              for fault in report.errors[:MOST_SHOWN]]
    if len(report.errors) > MOST_SHOWN:
        lines.append(f"  ほか {len(report.errors) - MOST_SHOWN:,} 件 (--json ですべて出力します)")
    return "\n".join(lines)
