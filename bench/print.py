"""大量印刷を、一人一文書の WeasyPrint と並べて測る: pages a second, the same text, the same look, memory flat.

And the whole job: people in the database to one sealed PDF on disk, with their journal rows.
"""

import resource
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pypdfium2
from flask_appbuilder.security.sqla.models import User
from PIL import Image, ImageChops
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from config import DEMO_CITY
from models.job import Job
from models.renewal import RenewalNotice
from procedures.actor import Actor
from procedures.city import city_of
from procedures.renewal import open_season
from procedures.renewal_print import CHUNK, RenewalJob
from procedures.sealed_folder import SealedFolder
from reports.press import Press, Sheaf
from reports.renewal import TEMPLATE, RenewalText, renewal_form, shared_of
from reports.stamp import plain_pdf
from seeds.conversion import convert, next_resident
from seeds.residents import residents

MUST = 100.0
DAY, END = date(2027, 6, 1), date(2027, 9, 30)
SAMPLE = 12
PAGES = 2  # of one person
FAMILY = ("𠮷田 邉󠄏子", "佐藤 一郎", "髙橋 美由紀", "東海林 長宗我部右衛門之助 エリザベス", "山田 太郎")


def measure(url: str, people: int) -> dict[str, Any]:
    """Pages a second of both ways in this run, whether text and picture agree, the memory of stamping in MB, and the job."""
    shared = _shared()
    sample = [paper.values() for paper in _papers(0, SAMPLE)]
    start = perf_counter()
    plain = plain_pdf(TEMPLATE, shared, sample)
    slow = SAMPLE * PAGES / (perf_counter() - start)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{half}.pdf" for half in (0, 1)]
        start = perf_counter()
        with ProcessPoolExecutor(2) as pool:
            peaks = list(pool.map(_stamp, files, (0, people // 2), (people // 2, people)))
        fast = people * PAGES / (perf_counter() - start)
        same_text, worst = _compare(files[0], plain)
    return {"people": people, "weasyprint_pages_s": round(slow, 1), "stamped_pages_s": round(fast), "ratio": round(fast / slow),
            "must": MUST, "same_text": same_text, "worst_pixels": worst, "peak_mb": max(peaks), "job_s": _job(url, people),
            "ok": fast / slow >= MUST and same_text and worst <= 20}


def _job(url: str, people: int) -> float:
    """Seconds from the season's envelopes in the database to the finished file; everything is rolled back."""
    engine = create_engine(url)
    with Session(engine) as session, tempfile.TemporaryDirectory() as folder:
        convert(session, residents(people, 5, DAY, first=next_resident(session)), "bench-print")
        session.execute(text("UPDATE recipient SET state = 'certified', valid_to = :end WHERE current_certification_id IN ("
                             "SELECT c.id FROM certification c JOIN application a ON a.id = c.application_id"
                             " WHERE a.conversion = 'bench-print')"), {"end": END})
        user = session.scalars(select(User).limit(1)).first()
        season = open_season(session, Actor(user.id if user else None, ""), END, END, END)
        places = list(session.scalars(select(RenewalNotice.position).where(RenewalNotice.season_id == season.id)))
        job = Job(kind="print_renewals", params={"season": season.id, "kind": "renewal", "places": sorted(places)},
                  requested_by=user.id if user else None, total=len(places))
        session.add(job)
        session.flush()
        session.execute(text("ANALYZE"))
        handler = RenewalJob(SealedFolder(Path(folder), b"job", b"k" * 32), city_of(DEMO_CITY), DAY, lambda: datetime.now(UTC))
        start = perf_counter()
        while job.done + job.failed < job.total:
            job.done += handler.step(session, job)
            session.flush()
        handler.finish(session, job)
        took = perf_counter() - start
        session.rollback()
    engine.dispose()
    return round(took * people / len(places), 2)


def _stamp(path: Path, first: int, last: int) -> int:
    form = renewal_form(_shared())
    with path.open("wb") as file:
        press = Press(file, form)
        for at in range(first, last, CHUNK):
            sheaf = Sheaf(form)
            for ordinal, paper in enumerate(_papers(at, min(at + CHUNK, last)), start=at - first):
                sheaf.stamp(ordinal, paper.values())
            press.bind(sheaf)
        press.close()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _compare(path: Path, plain: list[bytes]) -> tuple[bool, int]:
    """Whether every sampled page says the same words, and the most pixels (of 80 dpi) that differ visibly."""
    stamped, same, worst = pypdfium2.PdfDocument(path), True, 0
    for number, raw in enumerate(plain):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(raw)
            file.flush()
            same &= _words(Path(file.name), 1) == _words(path, number * PAGES + 1)
        one = pypdfium2.PdfDocument(raw)
        for page in range(PAGES):
            worst = max(worst, _difference(one[page], stamped[number * PAGES + page]))
    return same, worst


def _words(path: Path, first: int) -> list[str]:
    return subprocess.run(["pdftotext", "-f", str(first), "-l", str(first + PAGES - 1), "-layout", str(path), "-"],
                          capture_output=True, check=True, text=True).stdout.split()


def _difference(one: Any, other: Any) -> int:
    images: list[Image.Image] = [page.render(scale=80 / 72).to_pil().convert("L") for page in (one, other)]
    return sum(ImageChops.difference(*images).histogram()[96:])


def _shared() -> dict[str, Any]:
    return shared_of(city_of(DEMO_CITY), "令和9年6月1日", "特定医療費(指定難病)受給者証の更新手続について",
                     ("お持ちの受給者証は令和9年9月30日で有効期間が終わります。更新の申請をしてください。",), ("行き違いのときはご容赦ください。",))


def _papers(first: int, last: int) -> Iterator[RenewalText]:
    for at in range(first, last):
        name = FAMILY[at % len(FAMILY)]
        address = f"埼玉県見本市見本区常盤{at % 90}丁目{at}番地" + "グランドハイツ北見本駅前壱番館" * (at % 3)
        yield RenewalText("330-0061", address, f"{name}　様", f"見保疾第1号の{at}", f"{at:07}", name, "6 パーキンソン病",
                          "令和8年10月1日 から 令和9年9月30日 まで", "10,000円", f"R{at:09}", "ヨシダ ハナコ", "昭和52年5月3日　女",
                          "048-829-1111", "市町村国保", "110015　12・3456")
