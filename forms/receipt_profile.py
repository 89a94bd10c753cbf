"""レセプトの様式の入力: the form of a payer's table as it is typed on the screen, one line a column of the file."""

from collections.abc import Mapping
from typing import Final

from exchange.receipt_profile import ENCODINGS, FIRST, GIVEN, KIND_OF, LABELS, LAST, Control, Mapped, Profile
from translations.wording import Said, said

# Items that a column may be, and where one item is written in several ways, each way; "item" or "item:kind".
TENTHS: Final = {"tenths": "負担割合 (割、3)", "tenths:percent": "負担割合 (%、30)", "tenths:benefit_rate": "給付割合 (%、070)"}
CHOICES: Final[Mapping[str, str]] = {choice: words for item, label in LABELS.items()
                                     for choice, words in (TENTHS.items() if item == "tenths" else ((item, label),))}
PLACES_OF_TOTALS: Final = {LAST: "最後の行", FIRST: "最初の行", GIVEN: "請求書の数字を取込のときに入力する"}
CHARACTER_SETS: Final = dict(zip(ENCODINGS, ("Shift_JIS (cp932)", "UTF-8"), strict=True))
AGENCIES: Final = {"": "決めない", "1": "支払基金", "2": "国保連合会"}
SUMS: Final = ("total_yen", "public_yen", "insurer_yen", "copay_yen")
FIXED: Final = 4  # lines for what holds for every row
MOST_COLUMNS: Final = 200


class NotTyped(ValueError):
    """What was typed is no profile; ``message`` says where."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def profile_typed(form: Mapping[str, str], codes: Mapping[str, Mapping[str, str]]) -> Profile:
    """様式を組み立てる from the fields of the screen; *codes* are our own, they stand where none are typed. NotTyped."""
    width = _number(form, "width", "列の数")
    if not 1 <= width <= MOST_COLUMNS:
        raise NotTyped(said("列の数は1から%(most)sまでです。", most=MOST_COLUMNS))
    columns = []
    for place in range(1, width + 1):
        item, _, kind = form.get(f"item-{place}", "").partition(":")
        if item:
            columns.append(Mapped(item, place, kind, _codes(form.get(f"codes-{place}", ""), item, codes, place)))
    headings = tuple(form.get("headings", "").split(",")) if form.get("headings", "") else ()
    places = {name: _number(form, name, label) for name, label in (
        ("count", "件数の位置"), ("points", "点数の位置"), ("yen", "金額の位置"))}
    fixed = {form[f"fixed-item-{line}"]: form.get(f"fixed-value-{line}", "").strip() for line in range(1, FIXED + 1)
             if form.get(f"fixed-item-{line}")}
    return Profile(form.get("name", "").strip(), form.get("label", "").strip(), width, tuple(columns), headings,
                   form.get("encoding", ""), Control(form.get("where", ""), form.get("mark", ""), **places,
                                                     yen_item=form.get("yen_item", SUMS[0])), fixed, form.get("agency") or None)


def fields_of(profile: Profile, codes: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The fields of the screen that make *profile*; codes equal to our own are left blank."""
    control = profile.control
    made = {"name": profile.name, "label": profile.label, "width": str(profile.width), "encoding": profile.encoding,
            "headings": ",".join(profile.headings), "agency": profile.agency or "", "where": control.where, "mark": control.mark,
            "count": str(control.count), "points": str(control.points), "yen": str(control.yen), "yen_item": control.yen_item}
    for each in profile.columns:
        made[f"item-{each.place}"] = f"{each.item}:{each.kind}" if each.kind else each.item
        own = dict(zip(codes.get(each.item, ()), codes.get(each.item, ()), strict=True))
        made[f"codes-{each.place}"] = "" if dict(each.codes) == own else " ".join(
            f"{theirs}={ours}" for theirs, ours in sorted(each.codes.items(), key=lambda pair: pair[::-1]))
    for line, (item, value) in enumerate(profile.fixed.items(), start=1):
        made |= {f"fixed-item-{line}": item, f"fixed-value-{line}": value}
    return made


def _codes(text: str, item: str, codes: Mapping[str, Mapping[str, str]], place: int) -> dict[str, str]:
    if KIND_OF.get(item) != "code":
        return {}
    if not text.strip():
        return {code: code for code in codes.get(item, ())}
    pairs = [pair.partition("=") for pair in text.replace("、", " ").replace("　", " ").split()]
    wrong = next((theirs for theirs, sign, ours in pairs if not sign or ours not in codes.get(item, {})), None)
    if wrong is not None:
        raise NotTyped(said("%(place)s列目の読み替え「%(code)s」は、ファイルの値=当市のコード の形で、コード表にあるコードにしてください。",
                            place=place, code=wrong))
    return {theirs: ours for theirs, _, ours in pairs}


def _number(form: Mapping[str, str], name: str, label: str | Said) -> int:
    text = form.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise NotTyped(said("%(label)sを数字で入力してください。", label=label))
    return int(text)
