"""`steward knowledge check` finds each kind of hole, by file, clause and reason."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.checking import find_problems
from knowledge.library import Library, load
from knowledge.originals import Originals
from tests.knowledge.asking import plant

TCWTA, CCCC, LEXICON, ASKS = "programmes/tcwta.toml", "programmes/cccc.toml", "lexicon.toml", "asks/tcwta.toml"
FEE = r'(id = "fee"\n  aspects = \["fee"\]\n  modality = "states"\n  )'
FEE_VALUES = FEE + r'says = "[^"]*"\n  values = \{ yuan = 0 \}'
COPIES = r"\ncopies = \{[^\n]*"
OPENING = r'(id = "opening"\n  aspects = \["opening"\]\n)'
TEA = '\n[programmes.tea]\nnames = "茶"\nnumber = ""\nplaces = ""\nhints = ""\nkind = ""\npinyin = ""\n[elsewhere]'
UNTIL = r"until = 2024-02-29"


def test_nothing_is_wrong_with_what_we_ship(library: Library) -> None:
    assert [str(problem) for problem in find_problems(library, None)] == []


def test_nothing_is_wrong_with_the_originals(library: Library, originals: Originals) -> None:
    assert [str(problem) for problem in find_problems(library, originals)] == []


@dataclass(frozen=True)
class Hole:
    """A change of the data, and what must be said of it: clause (file, where it is not the changed one) and reason."""

    file: str
    pattern: str
    replacement: str
    clause: str
    what: str


def values(written: str) -> tuple[str, str, str]:
    return TCWTA, FEE_VALUES, rf'\1says = "参加创建不收费"\n  values = {{ {written} }}'


HOLES = {
    "a cell that nobody filled": Hole(TCWTA, COPIES, "", "[silences] copies", "a hole"),
    "a silence beside a fact": Hole(TCWTA, COPIES, "\nfee = {says = '没有写'}", "[silences] fee", "a fact has"),
    "an unknown silence": Hole(TCWTA, COPIES, "\ntea = {says = '没有写'}", "[silences] tea", "unknown aspect"),
    "a silence that tells nothing": Hole(TCWTA, COPIES, "\ncopies = {}", "[silences] copies", "neither says nor near"),
    "a silence with a figure of another clause": Hole(
        TCWTA, COPIES, '\ncopies = {near = "fee", says = "只说4年有效"}', "[silences] copies", "4 is no figure of"
    ),
    "an id used twice": Hole(TCWTA, 'id = "opening"', 'id = "deadline"', "五、1、五、1", "'deadline' is used twice"),
    "a label used twice": Hole(TCWTA, 'id = "五、2"', 'id = "五、1"', "五、1", "stands on two clauses"),
    "an aspect nobody knows": Hole(TCWTA, r'aspects = \["fee"\]', 'aspects = ["fee", "tea"]', "五、5 fee", "'tea'"),
    "an aspect named twice": Hole(TCWTA, r'aspects = \["fee"\]', 'aspects = ["fee", "fee"]', "五、5 fee", "once"),
    "a fact without a sentence": Hole(TCWTA, FEE + "says = [^\n]*", r'\1says = " "', "五、5 fee", "a sentence"),
    "a sentence with its full stop": Hole(TCWTA, "创建不收费", "创建不收费。", "五、5 fee", "full stop"),
    "a claim on an unknown concept": Hole(TCWTA, OPENING, r'\1no = ["@tea"]\n', "五、1 opening", "concept @tea"),
    "a claim with an empty word": Hole(TCWTA, OPENING, r'\1no = ["茶||水"]\n', "五、1 opening", "an empty word"),
    "a clause without heading": Hole(TCWTA, 'heading = "征集时间"', 'heading = ""', "五、1", "no heading"),
    "a clause without facts": Hole(
        TCWTA, r'(\n\[\[clause\]\]\nid = "五、5")', r'\n[[clause]]\nid = "九"\nheading = "空"\n\1', "九", "no facts"
    ),
    "a fingerprint cut short": Hole(TCWTA, '(id = "五、5"\n.*\nfingerprint = "..)', r"\1 ", "五、5", "64 hexadecimal"),
    "a clause without stretches": Hole(TCWTA, r"stretches = \[\[17.*", "", "五、5", "no stretches"),
    "a stretch that begins with nothing": Hole(TCWTA, r'\[17, "[^"]*"', '[17, ""', "五、5", "cannot begin with ''"),
    "a beginning with white space": Hole(TCWTA, r'\[17, "5、', '[17, "5、 ', "五、5", "cannot begin with"),
    "a stretch shorter than its beginning": Hole(TCWTA, r'(\[17, "[^"]*", )\d+', r"\g<1>3", "五、5", "a stretch of 3"),
    "a stretch number used twice": Hole(TCWTA, r"\[17, ", "[16, ", "五、5", "number 16 is used twice"),
    "a stretch number left out": Hole(TCWTA, r"\[17, ", "[16, ", "", "no stretch has the number 17"),
    "a figure that is not positive": Hole(*values("years = 0"), "五、5 fee", "years must be a positive whole number"),
    "a negative fee": Hole(*values("yuan = -1"), "五、5 fee", "yuan must be"),
    "a figure in quotes": Hole(*values('count = "3"'), "五、5 fee", "count must be"),
    "a plaque of one side": Hole(*values("size_cm = [60]"), "五、5 fee", "size_cm must be two"),
    "a permission that is a word": Hole(*values('allowed = "yes"'), "五、5 fee", "allowed must be true or false"),
    "a thirteenth month": Hole(*values("month = 13, day = 1"), "五、5 fee", "month is no month"),
    "a thirtieth of February": Hole(*values("month = 2, day = 30"), "五、5 fee", "no day 30 in month 2"),
    "a day without its month": Hole(*values("day = 5"), "五、5 fee", "no day 5 in month None"),
    "a season without its end": Hole(*values("from_month = 6"), "五、5 fee", "go together"),
    "a date in quotes": Hole(TCWTA, UNTIL, 'until = "2024-02-29"', "五、1 deadline", "until is no date"),
    "a deadline before the document": Hole(TCWTA, UNTIL, "until = 2023-02-28", "五、1 deadline", "before the document"),
    "a deadline before an undated document": Hole(CCCC, r"until = 2020", "until = 1920", "二 target", "before the doc"),
    "two days of issue": Hole(TCWTA, "issued_on = 2023-12-05", "issued_on = 2023-12-04", "通知 issuer", "issued on"),
    "a day of issue in quotes": Hole(TCWTA, "issued_on = [-0-9]+", 'issued_on = "2023"', "[document]", "is no date"),
    "no year of issue": Hole(CCCC, "issued_about = 2018", "issued_about = 0", "[document]", "0 is no year of issue"),
    "no issuer": Hole(TCWTA, 'issuer = "[^"]*"', 'issuer = ""', "[document]", "issuer is empty"),
    "a topic nobody can ask for": Hole(LEXICON, 'topic = "fee"', 'topic = "contact"', "[aspects]", "the topic fee"),
    "an aspect of an unknown topic": Hole(LEXICON, 'topic = "fee"', 'topic = "tea"', "[aspects] fee", "topic 'tea'"),
    "an aspect without cues": Hole(LEXICON, r'(\nfee = .*cues = )\[[^\n]*\]', r"\1[]", "[aspects] fee", "one cue"),
    "a cue with an unknown concept": Hole(LEXICON, r'(\nfee = .*cues = \[)', r'\1"@tea", ', "[aspects] fee", "@tea"),
    "a programme without names": Hole(
        LEXICON, r'(\[programmes\.tcwta\]\nnames = )"[^"]*"', r'\1""', "[programmes.tcwta]", "no names"
    ),
    "a programme without its file": Hole(LEXICON, r"\n\[elsewhere\]", TEA, "[programmes.tea]", "go together"),
    "an unknown next aspect": Hole(LEXICON, r'(\[next\].*\nmeaning = ")', r"\1tea ", "[next] meaning", "tea"),
    "an unknown mended concept": Hole(LEXICON, r'(\[mending\].*\nconcepts = ")', r"\1tea ", "[mending]", "tea"),
    "a phrasing for no fact": Hole(ASKS, r"\nfee = ", "\ntea = ", "tea", "no such fact"),
    "an empty phrasing": Hole(ASKS, r"(\nfee = \[)", r'\1" ", ', "fee", "an empty phrasing"),
    "a duty that stands twice": Hole(TCWTA, r'(duty\]\]\n  id = )"re-application"', r'\1"term-end"', "", "twice"),
    "a duty without its sentence": Hole(TCWTA, 'says = "认证4年期满"', 'says = ""', "五、3 term-end", "full stop"),
    "a point that says when and no duty": Hole(
        TCWTA, r'  \[\[clause.duty\]\]\n  id = "conference"(\n  .*)*', "", "四、5", "nothing is due"
    ),
    "a day its clause does not give": Hole(
        CCCC, "  day = 31\n  certain", "  day = 30\n  certain", "五（五） application", "this day"
    ),
    "a season from another month": Hole(CCCC, "  month = 6\n", "  month = 5\n", "五（五） review-start", "this day"),
    "a call of another day": Hole(TCWTA, "on = 2024-02-29", "on = 2024-02-28", "五、1 call", "this day"),
    "a call before the document": Hole(TCWTA, "on = 2024-02-29", "on = 2023-02-28", "五、1 call", "was issued"),
    "a term of other years": Hole(TCWTA, "years_after_naming = 4", "years_after_naming = 5", "五、3 term-end", "years"),
    "a month of two": Hole(TCWTA, "every_months = 1\n", "every_months = 2\n", "二、3 monthly-activity", "this many"),
    "a duty that is never announced": Hole(
        TCWTA, r"(\n  on = 2024-02-29(\n  .*)*\n  lead_days = ).*", r"\1[]", "五、1 call", "no lead_days"
    ),
    "a day that rests on nothing": Hole(CCCC, 'assumption = "文件只说下半年.*"', "", "五（五） naming", "on nothing"),
    "a duty without a day, announced": Hole(
        TCWTA, "(every_months = 1)\n", r"\1\n  lead_days = [7]\n", "二、3 monthly-activity", "take out"
    ),
    "a day for what has none": Hole(
        TCWTA, 'what = "re-application"', 'what = "yearly-topic"', "五、3 re-application", "no day in the interface"
    ),
    "a phrasing for no aspect": Hole("asks/aspects.toml", r"\A", 'tea = ["茶钱"]\n', "tea", "no such fact"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOLES)
def test_a_planted_hole_is_named(copied: Path, kind: str) -> None:
    hole = HOLES[kind]
    plant(copied, hole.file, hole.pattern, hole.replacement)
    problems = list(find_problems(load(copied), None))
    named = [one for one in problems if one.clause == hole.clause and hole.what in one.what]
    assert named, list(map(str, problems))
    assert str(named[0]).startswith(f"{named[0].file}: ")
    assert re.search(": | must ", named[0].what), "it tells what to do, too"


def test_a_file_of_an_unnamed_programme_is_named(copied: Path) -> None:
    text = (copied / TCWTA).read_text(encoding="utf-8").replace('id = "tcwta"', 'id = "tea"')
    (copied / "programmes" / "tea.toml").write_text(text, encoding="utf-8")
    problems = [(one.file, one.clause) for one in find_problems(load(copied), None)]
    assert problems == [(LEXICON, "[programmes.tea]")]


def test_absent_originals_are_named_only_where_a_folder_is_configured(library: Library) -> None:
    problems = list(find_problems(library, Originals(absent=("cccc",))))
    assert [(one.file, one.clause) for one in problems] == [("cccc.txt", "")]
    assert "not in the folder" in problems[0].what
    assert list(find_problems(library, None)) == []


def test_a_changed_clause_is_told_from_one_that_is_gone(library: Library) -> None:
    changed = frozenset({("jiaozuo", "第十二条"), ("jiaozuo", "第二十条")})
    originals = Originals({("jiaozuo", "第十二条"): "每2年命名一次"}, changed)
    problems = list(find_problems(library, originals))
    assert [(one.file, one.clause) for one in problems] == [("jiaozuo.txt", "第十二条"), ("jiaozuo.txt", "第二十条")]
    assert problems[0].what.startswith("not the text its facts were made from")
    assert problems[1].what.startswith("not found in the copy")
