"""Ranking: which aspects a question asks for, and which facts speak of its very words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log

from knowledge.amounts import case_forms
from knowledge.lexicon import Matches, parse_cue
from knowledge.library import Fact, Library
from knowledge.likeness import Like, Phrasings, compile_phrasings
from knowledge.quantities import KIND_VALUES, Quantity

TWICE = 0.25  # share of a piece whose words the aspect has counted already
FIGURE = 0.5  # a figure of the question that a fact states
AGAIN = 0.6  # a second listed word tells less than the first
PAIR_WEIGHT = 0.11  # what two characters shared with a fact's sentence add, times their rarity
PLENTY, MORE = 2.5, 0.6  # beyond this overlap the rest counts a smaller share
COMMON_GROUPS = ("aspects", "outside")  # phrasings that belong to no one programme
COMMON = 60  # a pair of characters in more facts than this tells nothing
LEAST_CONTENT = 0.9  # what a word must weigh to count as matter
FACT_ASKED, ASPECT_ASKED = 2.0, 1.2  # what full likeness to a known phrasing adds
BY_FACT = 0.6  # the same for the aspect of a fact, in whatever programme
FURTHER = 0.3  # share of what a second cue adds to the first


@dataclass(frozen=True)
class Score:
    """A weight and the places of the question that account for it."""

    weight: float
    places: int


NOTHING = Score(0.0, 0)


@dataclass(frozen=True)
class Hits:
    """The facts that speak of the question's own words.

    `shared` lists what each fact shares with the question, piece by piece (listed words, pairs of
    characters) with weight and places; `by_asks` is its likeness to known phrasings.
    """

    shared: Mapping[Fact, list[Score]]
    by_words: Mapping[Fact, Score]
    by_asks: Mapping[Fact, Score]

    def weight(self, fact: Fact, known: int = 0) -> float:
        """What a fact shares; a piece whose places are accounted for already (`known`) counts little."""
        total = self.by_asks.get(fact, NOTHING).weight
        for piece in self.shared.get(fact, ()):
            total += piece.weight if piece.places & ~known or not piece.places else piece.weight * TWICE
        return total if total <= PLENTY else PLENTY + MORE * (total - PLENTY)

    def touches(self, fact: Fact) -> bool:
        """Whether a fact shares anything with the question."""
        return fact in self.shared or fact in self.by_asks

    def places(self, fact: Fact) -> int:
        """The places of the question that a fact speaks of."""
        places = self.by_asks.get(fact, NOTHING).places
        for piece in self.shared.get(fact, ()):
            places |= piece.places
        return places


@dataclass(frozen=True)
class Finder:
    """The library's cues and sentences, turned round for look-up by word."""

    library: Library
    _memo: dict[str, object] = field(default_factory=dict, compare=False)

    @cached_property
    def cues(self) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
        """All cues with the aspect each asks for."""
        return [(aspect.id, cue) for aspect in self.library.lexicon.aspects.values() for cue in aspect.cues]

    @cached_property
    def slots(self) -> Mapping[str, tuple[tuple[int, int], ...]]:
        """Word -> the (cue, slot) pairs it can fill."""
        table: dict[str, list[tuple[int, int]]] = {}
        for number, (_, cue) in enumerate(self.cues):
            for slot, words in enumerate(cue):
                for word in words:
                    table.setdefault(word, []).append((number, slot))
        return {word: tuple(places) for word, places in table.items()}

    @cached_property
    def widths(self) -> list[int]:
        """How many slots each cue has."""
        return [len(cue) for _, cue in self.cues]

    @cached_property
    def word_facts(self) -> Mapping[str, tuple[Fact, ...]]:
        """Literal word -> the facts that list it."""
        table: dict[str, list[Fact]] = {}
        for fact in self.library.facts():
            for word in fact.words:
                table.setdefault(word.lower(), []).append(fact)
        return {word: tuple(facts) for word, facts in table.items()}

    @cached_property
    def pair_facts(self) -> Mapping[str, tuple[float, tuple[Fact, ...]]]:
        """Two characters -> their rarity and the facts that hold them, in their sentence or in a phrasing."""
        table: dict[str, dict[str, Fact]] = {}
        total = 0
        for fact in self.library.facts():
            total += 1
            asked = " ".join(self.asked_of.get(f"{fact.programme}/{fact.id}", ()))
            for pair in pairs(f"{fact.says} {' '.join(fact.words)} {asked}".lower()):
                table.setdefault(pair, {})[fact.programme + fact.id] = fact
        return {pair: (log(1 + total / len(facts)), tuple(facts.values())) for pair, facts in table.items()}

    @cached_property
    def asked_of(self) -> Mapping[str, tuple[str, ...]]:
        """Key -> its known phrasings."""
        table: dict[str, list[str]] = {}
        for key, phrasing in self.library.asks:
            table.setdefault(key, []).append(phrasing)
        return {key: tuple(row) for key, row in table.items()}

    @cached_property
    def phrasings(self) -> Phrasings:
        """The ways people are known to ask for facts and aspects."""
        return compile_phrasings(self.library.asks, self.library.lexicon)

    @cached_property
    def case_forms(self) -> tuple[str, ...]:
        """How the cases of facts are said (省级, 大会员), the longest first."""
        forms = {form for fact in self.library.facts() if fact.case for form in case_forms(fact.case)}
        return tuple(sorted(forms, key=lambda form: (-len(form), form)))

    @cached_property
    def by_key(self) -> Mapping[str, Fact]:
        """`jiaozuo/naming-round` -> the fact."""
        return {f"{fact.programme}/{fact.id}": fact for fact in self.library.facts()}

    def aspects(self, found: Mapping[str, tuple[float, int]], likes: Mapping[str, Like]) -> dict[str, Score]:
        """Score every aspect that has a satisfied cue or a phrasing like the question.

        Args:
            found: word -> (weight, places), of the question and of what it inherits from the talk.
            likes: the likeness to known phrasings.
        """
        filled: dict[int, dict[int, tuple[float, int]]] = {}
        for word, (weight, places) in found.items():
            for number, slot in self.slots.get(word, ()):
                row = filled.setdefault(number, {})
                if slot not in row or row[slot][0] < weight:
                    row[slot] = (weight, places)
        best: dict[str, list[Score]] = {}
        for number, row in filled.items():
            if len(row) == self.widths[number]:
                best.setdefault(self.cues[number][0], []).append(_join(row.values()))
        known = self.library.lexicon.aspects
        result = {aspect: _sum(scores, known[aspect].stress) for aspect, scores in best.items()}
        asked: dict[str, Score] = {}
        for key, like in likes.items():
            fact = self.by_key.get(key)
            aspect, share = (fact.aspects[0], BY_FACT) if fact else (key.removeprefix("aspects/"), ASPECT_ASKED)
            if share * like.weight > asked.get(aspect, NOTHING).weight and aspect in self.library.lexicon.aspects:
                asked[aspect] = Score(share * like.weight, like.places)
        for aspect, score in asked.items():
            before = result.get(aspect, NOTHING)
            result[aspect] = Score(before.weight + score.weight, before.places | score.places)
        return result

    def likes(self, matches: Matches, slugs: Sequence[str]) -> dict[str, Like]:
        """The likeness of a question to the known phrasings, by key; of these programmes, where they are known."""
        return self.phrasings.alike(matches, (*(slugs or self.library.programmes), *COMMON_GROUPS))

    @cached_property
    def valued(self) -> Mapping[tuple[str, float], tuple[Fact, ...]]:
        """(kind, figure) -> the facts that state it: 2万 -> the provincial grant."""
        table: dict[tuple[str, float], list[Fact]] = {}
        for fact in self.library.facts():
            for kind, names in KIND_VALUES.items():
                for name in names:
                    value = getattr(fact.values, name)
                    if value is not None:
                        table.setdefault((kind, float(value)), []).append(fact)
        return {key: tuple(facts) for key, facts in table.items()}

    def hits(self, matches: Matches, text: str, likes: Mapping[str, Like], figures: Iterable[Quantity] = ()) -> Hits:
        """Score every fact by the words it lists, the characters it shares and the phrasings it is asked by."""
        by_asks = {
            fact: Score(FACT_ASKED * like.weight, like.places)
            for key, like in likes.items()
            if (fact := self.by_key.get(key))
        }
        shared: dict[Fact, list[Score]] = {}
        by_words: dict[Fact, Score] = {}
        for word, (weight, places) in sorted(matches.found.items(), key=lambda pair: -pair[1][0]):
            for fact in self.word_facts.get(word, ()):
                before = by_words.get(fact, NOTHING)
                if fresh := places & ~before.places:
                    gain = weight * (AGAIN if before.places else 1.0) * fresh.bit_count() / places.bit_count()
                    by_words[fact] = Score(before.weight + gain, before.places | places)
                    shared.setdefault(fact, []).append(Score(gain, places))
        for pair in pairs(text):
            rarity, facts = self.pair_facts.get(pair, (0.0, ()))
            if len(facts) > COMMON:
                continue
            places = 3 << text.find(pair)
            piece = Score(rarity * PAIR_WEIGHT, places)
            for fact in facts:
                if places & ~by_words.get(fact, NOTHING).places:
                    shared.setdefault(fact, []).append(piece)
        for figure in figures:
            piece = Score(FIGURE, ((1 << (figure.end - figure.start)) - 1) << figure.start)
            for fact in self.valued.get((figure.kind, figure.value), ()):
                shared.setdefault(fact, []).append(piece)
        return Hits(shared, by_words, by_asks)

    def content(self, found: Mapping[str, tuple[float, int]]) -> int:
        """The places of a question that carry its matter: things and listed words, not asking words."""
        light = self.library.lexicon.light
        places = 0
        for word, (weight, mask) in found.items():
            is_thing = word.startswith("@") and word[1:] not in light and word != "@studio"
            if weight >= LEAST_CONTENT and (is_thing or word in self.word_facts):
                places |= mask
        return places


def pairs(text: str) -> Iterator[str]:
    """Each two neighbouring characters that are letters, figures or Chinese."""
    return (one for one in {text[at : at + 2] for at in range(len(text) - 1)} if one.isalnum())


def cue_score(cue: str, found: Mapping[str, tuple[float, int]]) -> Score:
    """The weight of one cue where all its words occur, else nothing."""
    row = []
    for slot in parse_cue(cue.lower()):
        best = max((found[word] for word in slot if word in found), default=None)
        if best is None:
            return NOTHING
        row.append(best)
    return _join(row)


def _join(row: Iterable[tuple[float, int]]) -> Score:
    """Add up slots; one that stands inside the places of another adds nothing."""
    weight, places = 0.0, 0
    for one, mask in sorted(row, key=lambda pair: -pair[0]):
        if mask & ~places:
            weight += one
            places |= mask
        else:
            weight += 0.1
    return Score(weight, places)


def _sum(scores: list[Score], stress: float) -> Score:
    """The best cue, and a share of what the others add in places of their own."""
    scores.sort(key=lambda score: -score.weight)
    weight, places = scores[0].weight, scores[0].places
    for score in scores[1:]:
        if score.places & ~places:
            weight += FURTHER * score.weight * (score.places & ~places).bit_count() / max(1, score.places.bit_count())
            places |= score.places
    return Score(weight * stress, places)
