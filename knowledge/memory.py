"""What a conversation remembers between two messages."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Memory:
    """The thread of a talk.

    `programmes` the ones last spoken of, `recent` the last few in order, `text` the last question as it was
    answered, `aspects` and `facts` what was told, `cited` its clauses; `clause` the label last looked up.
    """

    programmes: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    text: str = ""
    aspects: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    cited: tuple[tuple[str, str], ...] = ()
    clause: str = ""

    def dump(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> "Memory":
        """From JSON; what cannot be read is forgotten."""
        try:
            raw = json.loads(text)
            rows = {name: tuple(map(str, raw.get(name, ()))) for name in ("programmes", "recent", "aspects", "facts")}
            cited = tuple((str(document), str(clause)) for document, clause in raw.get("cited", ()))
            return cls(**rows, text=str(raw.get("text", "")), cited=cited, clause=str(raw.get("clause", "")))
        except (ValueError, TypeError, AttributeError, RecursionError):
            return cls()

    def still_held(self, slugs: Iterable[str]) -> "Memory":
        """Without the programmes that the library no longer has."""
        held = set(slugs)
        if held.issuperset((*self.programmes, *self.recent, *(slug for slug, _ in self.cited))):
            return self
        return replace(
            self,
            programmes=tuple(slug for slug in self.programmes if slug in held),
            recent=tuple(slug for slug in self.recent if slug in held),
            cited=tuple(pair for pair in self.cited if pair[0] in held),
        )

    def seen(self, slugs: tuple[str, ...]) -> tuple[str, ...]:
        """The recent programmes once these have been spoken of too."""
        return (*[slug for slug in self.recent if slug not in slugs], *slugs)[-5:]
