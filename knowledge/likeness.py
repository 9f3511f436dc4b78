"""How like a question is to the ways people are known to ask: shared characters and concepts, rare ones first."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path

from knowledge.lexicon import Lexicon, Matches

CONCEPT = 1.0  # weight of a shared concept against a shared pair of characters
SINGLE = 0.35  # weight of a shared single character
COMMON, COMMON_SINGLE = 300, 50  # a feature in more phrasings than this tells too little for its time
OWN = 0.45  # how far a phrasing is measured by its own length, the rest by the question's
LEAST = 0.2  # likeness below this is chance


@dataclass(frozen=True)
class Like:
    """The likeness to the closest phrasing of a key (0 to 1) and the places of the question it accounts for."""

    weight: float
    places: int


@dataclass(frozen=True)
class Phrasings:
    """All known phrasings, turned round: group (the file they stand in) -> feature -> the phrasings that have it."""

    keys: tuple[str, ...]
    norms: tuple[float, ...]
    floors: tuple[float, ...]
    texts: tuple[str, ...]
    concepts: tuple[tuple[str, ...], ...]
    postings: Mapping[str, Mapping[str, tuple[int, ...]]]
    rarity: Mapping[str, float]

    def alike(self, matches: Matches, groups: Iterable[str] | None = None) -> dict[str, Like]:
        """Every key with a phrasing like this text.

        Args:
            matches: a normalised question, programmes' names taken out, with the words found in it.
            groups: the files whose phrasings are looked at; all of them by default.
        """
        concepts = ((word, mask) for word, (_, mask) in matches.found.items())
        features = dict(read_features(matches.text, concepts))
        weights = {feature: self.rarity[feature] for feature in features if feature in self.rarity}
        norm = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        sums: dict[int, float] = {}
        for group in self.postings if groups is None else groups:
            postings = self.postings.get(group, {})
            for feature, weight in weights.items():
                square = weight * weight
                for number in postings.get(feature, ()):
                    sums[number] = sums.get(number, 0.0) + square
        best: dict[str, tuple[float, int]] = {}
        floors, norms = self.floors, self.norms
        for number, total in sums.items():
            if total <= floors[number]:
                continue
            own = norms[number]
            score = total / (own * (OWN * own + (1 - OWN) * norm))
            key = self.keys[number]
            if score > LEAST and score > best.get(key, (0.0, 0))[0]:
                best[key] = (score, number)
        return {key: Like(min(1.0, score), self._places(number, features)) for key, (score, number) in best.items()}

    def _places(self, number: int, features: Mapping[str, int]) -> int:
        text, concepts = self.texts[number], self.concepts[number]
        places = 0
        for feature, mask in features.items():
            if len(feature) > 1 and (feature in concepts if feature[0] == "@" else feature in text):
                places |= mask
        return places


def read_features(text: str, concepts: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """The features of a text with the places they stand on: characters, pairs, concepts.

    Args:
        text: a question or a phrasing.
        concepts: the concepts found in it, with their places.
    """
    for at, one in enumerate(text):
        if one.isalnum():
            yield one, 1 << at
            if text[at + 1 : at + 2].isalnum():
                yield text[at : at + 2], 3 << at
    for word, mask in concepts:
        if word.startswith("@") and word != "@studio":
            yield word, mask


def compile_phrasings(rows: Sequence[tuple[str, str]], lexicon: Lexicon) -> Phrasings:
    """Turn (key, phrasing) rows round."""
    known: dict[str, str] = {}  # one string object a feature, however often it occurs
    texts = tuple(phrasing.lower() for _, phrasing in rows)
    bags: list[tuple[str, ...]] = []
    for text in texts:
        features = read_features(text, ((word, 0) for word in lexicon.concepts(text)))
        bags.append(tuple({known.setdefault(feature, feature): None for feature, _ in features}))
    counts = Counter(feature for bag in bags for feature in bag)
    total = len(bags) or 1
    rarity = {feature: log(1 + total / count) * _kind(feature) for feature, count in counts.items()}
    postings: dict[str, dict[str, list[int]]] = {}
    for number, ((key, _), bag) in enumerate(zip(rows, bags, strict=True)):
        group = postings.setdefault(key.split("/")[0], {})
        for feature in bag:
            if counts[feature] <= _most(feature):
                group.setdefault(feature, []).append(number)
    norms = tuple(sqrt(sum(rarity[feature] ** 2 for feature in bag)) or 1.0 for bag in bags)
    return Phrasings(
        keys=tuple(key for key, _ in rows),
        norms=norms,
        floors=tuple(LEAST * OWN * norm * norm for norm in norms),
        texts=texts,
        concepts=tuple(tuple(feature for feature in bag if feature[0] == "@") for bag in bags),
        postings={name: {one: tuple(row) for one, row in group.items()} for name, group in postings.items()},
        rarity=rarity,
    )


def _most(feature: str) -> int:
    return COMMON_SINGLE if len(feature) == 1 else COMMON


def _kind(feature: str) -> float:
    if feature.startswith("@"):
        return CONCEPT
    return SINGLE if len(feature) == 1 else 1.0


def read_asks(path: Path) -> list[tuple[str, str]]:
    """Rows (key, phrasing) of one file of `asks/`: `jiaozuo/naming-round`, `aspects/fee`, `outside/outside`.

    Raises:
        ValueError: where it is not TOML, or a value is not a list of phrasings.
    """
    rows = []
    for name, phrasings in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if not isinstance(phrasings, list) or not all(isinstance(one, str) for one in phrasings):
            raise ValueError(f"{name} is not a list of phrasings")
        rows += [(f"{path.stem}/{name}", phrasing) for phrasing in phrasings]
    return rows
