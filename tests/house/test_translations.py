"""訳: no screen says a word that has no English, and none of FAB's English reaches a Japanese reader."""

import re
from pathlib import Path

import flask_appbuilder
import pytest
from babel.messages.extract import extract_from_dir

from app import labels
from config import ROOT
from tests.views.test_record_view import LISTS
from translations.catalogues import LANGUAGES, path_of, sentences

SAMPLES = frozenset({"ァ", "[ァ-ヶー・\\s]+"})  # letters that code compares with, never said
PLACES = re.compile(r"%\((\w+)\)[sd]")
# What a finished sentence is composed of at the moment of speaking: files and commands of the office, never a screen.
COMPOSED = {"procedures/terms.py", "procedures/city.py", "views/wordings.py",
            # reasons and remarks that are stored as they were said, in the language of the law
            "procedures/assessment.py", "procedures/household.py", "procedures/certification.py", "procedures/by_office.py",
            "procedures/letters.py", "procedures/register_lookup.py", "procedures/register_import.py",
            "procedures/renewal_print.py", "procedures/impact.py", "procedures/disposals.py", "procedures/disclosure.py",
            "procedures/subject_requests.py",
            "procedures/master_import.py"}  # the source of a row


def test_every_word_of_a_screen_has_its_english():
    assert labels.wanted() - SAMPLES - set(sentences("en")) == set()


def test_the_english_says_nothing_that_nobody_asks_for():
    assert set(sentences("en")) - labels.wanted() == set()


def test_nothing_is_left_untranslated_or_in_japanese():
    allowed = re.compile("有効|停止|利用者名,姓,名,役割,状態|、")  # words one types into a file, quoted as they are
    assert [said for said in sentences("en").values() if not said or labels.JAPANESE.search(allowed.sub("", said))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_of_a_sentence_is_in_its_translation(language):
    assert [asked for asked, said in sentences(language).items()
            if sorted(PLACES.findall(asked)) != sorted(PLACES.findall(said))] == []


def test_every_message_of_fab_is_said_in_japanese():
    root = Path(flask_appbuilder.__file__).parent
    found = {message if isinstance(message, str) else message[0] for _, _, message, _, _ in extract_from_dir(
        root, [("**/tests/**.py", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")],
        keywords={"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)})}
    assert len(found) > 150 and found - set(sentences("ja")) == set()


def test_no_sentence_is_composed_where_no_catalogue_can_know_it():
    found = {path.relative_to(ROOT).as_posix() for room in labels.ROOMS for path in (ROOT / room).rglob("*.py")
             if not path.relative_to(ROOT).as_posix().startswith(labels.NOT_SCREENS) and labels.composed(path)}
    assert found <= COMPOSED


def test_scripts_say_no_word_of_their_own():
    said = re.compile(r"""(["'`])((?:(?!\1).)*[ぁ-んァ-ヶ一-龠](?:(?!\1).)*)\1""")
    eras = re.compile("明治|大正|昭和|平成|令和|[年月日元]")
    found = {path.name for path in (ROOT / "views" / "static").rglob("*.js") for line in path.read_text().splitlines()
             for _, words in said.findall(line.split(" // ")[0]) if labels.JAPANESE.search(eras.sub("", words))}
    assert found == set()


@pytest.mark.parametrize(("who", "address"), [
    *(("manager1", address) for address in (*LISTS, "/today/", "/queue/held", "/reception/", "/figures/", "/assessment/",
                                            "/review/", "/certification/", "/issue/", "/jobs/", "/receipt-profiles/", "/password/")),
    ("clerk1", "/queue/"), ("admin1", "/roles/"), ("admin1", "/users/new"), ("admin1", "/sheets/"),
    ("admin1", "/sheets/renewal/"), ("admin1", "/sheets/new_application/1/preview"),
    ("admin1", "/masters/codes/sex/add"), ("admin1", "/masters/facilities/list/")])
def test_an_english_reader_finds_english_screens(login, who, address):
    """Data stays as it is kept: names of people and places, reasons; what the screen itself says is English."""
    client = login(who)
    client.post("/lang/en")
    page = client.get(address).text
    # Rows, choices and the names somebody gave her own searches are data.
    body = re.sub(r'<(script|style|tbody|option|svg|nav)\b.*?</\1>', "", page[page.index("<main"):], flags=re.S)
    words = re.sub(r"<[^>]*>", " ", body)
    assert "lang=\"en\"" in page and [word for word in words.split() if labels.JAPANESE.search(word)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_in_the_order_of_its_sentences(language):
    asked = re.findall(r'^msgid "(.+)"$', path_of(language).read_text(), re.M)
    assert asked == sorted(asked)
