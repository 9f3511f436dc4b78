"""A question is like the ways people are known to ask for the same thing."""

import pytest

from knowledge.lexicon import Lexicon
from knowledge.library import Library
from knowledge.likeness import Like, Phrasings, compile_phrasings, read_features

pytestmark = pytest.mark.no_cover  # so much of the same that measuring it would take most of the time

ROWS = (
    ("tea/price", "一壶茶多少钱"),
    ("tea/price", "喝茶贵不贵"),
    ("tea/hours", "茶馆几点开门"),
    ("tea/place", "茶馆在什么地方"),
)


def alike(phrasings: Phrasings, lexicon: Lexicon, text: str) -> dict[str, Like]:
    return phrasings.alike(lexicon.match(text))


@pytest.fixture(scope="module")
def lexicon(library: Library) -> Lexicon:
    return library.lexicon


@pytest.fixture(scope="module")
def phrasings(lexicon: Lexicon) -> Phrasings:
    return compile_phrasings(ROWS, lexicon)


@pytest.mark.parametrize(
    ("text", "key"),
    [("一壶茶多少钱", "tea/price"), ("茶馆几点钟开门呀", "tea/hours"), ("请问茶馆在啥地方", "tea/place")],
)
def test_the_closest_phrasing_wins(phrasings: Phrasings, lexicon: Lexicon, text: str, key: str) -> None:
    found = alike(phrasings, lexicon, text)
    assert max(found, key=lambda one: found[one].weight) == key


def test_the_very_words_are_most_alike(phrasings: Phrasings, lexicon: Lexicon) -> None:
    for key, phrasing in ROWS:
        same = alike(phrasings, lexicon, phrasing)[key].weight
        assert 0.9 <= same <= 1
        assert alike(phrasings, lexicon, phrasing[:-2])[key].weight < same


@pytest.mark.parametrize("text", ["", "？！", "xyz", "完全无关"])
def test_what_shares_nothing_is_not_alike(phrasings: Phrasings, lexicon: Lexicon, text: str) -> None:
    assert alike(phrasings, lexicon, text) == {}


def test_the_places_are_those_that_were_shared(phrasings: Phrasings, lexicon: Lexicon) -> None:
    text = "天气真好，茶馆几点开门"
    places = alike(phrasings, lexicon, text)["tea/hours"].places
    assert places >> text.index("茶馆") & 0b11 == 0b11
    assert places & 0b1111 == 0


def test_features_stand_where_they_are_found() -> None:
    features = dict(read_features("茶馆，几点", [("@when", 0b11000), ("馆", 0b10)]))
    assert features["@when"] == 0b11000
    assert features["茶馆"] == 0b11
    assert "馆，" not in features
    assert features["点"] == 1 << 4


def test_a_hundred_phrasings_of_our_own_are_found_again(library: Library) -> None:
    own = compile_phrasings(library.asks, library.lexicon)
    rows = library.asks[:: max(1, len(library.asks) // 100)]
    lost = []
    for key, phrasing in rows:
        found = alike(own, library.lexicon, phrasing.lower())
        if key not in found or found[key].weight < max(like.weight for like in found.values()) - 1e-9:
            lost.append((key, phrasing))
    assert len(lost) <= len(rows) // 20, lost
