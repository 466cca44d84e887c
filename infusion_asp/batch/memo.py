"""Owns answers that are used again for encounters equal but for their ids and whole days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from infusion_asp.batch.shapes import Change, Shape, shape_of, texts_of, words_in
from infusion_asp.coding import Coder
from infusion_asp.model import Encounter, ErrorRecord, Result, Verification

SAMPLE = 10_000  # records whose shapes decide whether answers are kept
ENOUGH = 0.30  # of them that repeat an earlier one, from which it pays
KEPT = 2000  # answers in the memory of one worker

Answer = Result | Verification | ErrorRecord
Solve = Callable[[Sequence[Encounter]], Sequence[Answer]]


@dataclass(frozen=True)
class _Kept:
    """An answer in the names of its shape, the words that stand in it, and its first date."""

    answer: Answer
    words: frozenset[str]
    dated: bool
    anchor: date

    def fits(self, shape: Shape) -> bool:
        """Whether renaming gives what solving would: no id is a word that stands there anyway."""
        if self.dated and shape.anchor != self.anchor:
            return False
        return not shape.said_in(self.words)

    def of(self, shape: Shape) -> Answer:
        """The answer for an encounter of the shape."""
        changed: Answer = Change(shape.names, shape.anchor - self.anchor).of(self.answer)
        return changed


@dataclass
class Memo:
    """The answers of one worker; those used last are kept."""

    coder: Coder
    hits: int = 0
    _kept: dict[bytes, _Kept] = field(default_factory=dict)

    def answers(self, encounters: Sequence[Encounter], solve: Solve) -> list[Answer]:
        """What `solve` would give, in the same order; equal encounters are solved once."""
        shapes = [shape_of(self.coder, each) for each in encounters]
        known: dict[bytes, _Kept] = {}
        asked: dict[bytes, Shape] = {}
        for shape in shapes:
            if shape is None or shape.key in known:
                continue
            if shape.key in self._kept:
                known[shape.key] = self._kept.pop(shape.key)
            else:
                asked.setdefault(shape.key, shape)
        for shape, answer in zip(
            asked.values(), solve([shape.encounter for shape in asked.values()]), strict=True
        ):
            known[shape.key] = _Kept(answer, *words_in(texts_of(answer)), shape.anchor)
        found: list[Answer | None] = []
        for shape in shapes:
            kept = None if shape is None else known[shape.key]
            fits = shape is not None and kept is not None and kept.fits(shape)
            found.append(kept.of(shape) if fits else None)  # type: ignore[union-attr,arg-type]
        alone = [each for each, answer in zip(encounters, found, strict=True) if answer is None]
        others = iter(solve(alone) if alone else ())
        self.hits += len(encounters) - len(asked) - len(alone)
        self._keep(known)
        return [next(others) if answer is None else answer for answer in found]

    def _keep(self, known: dict[bytes, _Kept]) -> None:
        self._kept.update(known)
        for key in list(self._kept)[: max(0, len(self._kept) - KEPT)]:
            del self._kept[key]


@dataclass(frozen=True)
class HitRate:
    """Shares of records that are equal to an earlier one; `several`: of two administrations up."""

    records: int
    all: float
    several: float

    @property
    def pays(self) -> bool:
        """Whether answers are worth keeping."""
        return self.all >= ENOUGH

    @classmethod
    def of(cls, keys: Iterable[tuple[bytes | None, bool]]) -> HitRate:
        """From the keys of the sample, each with whether there are two administrations or more.

        A record without a key repeats none.
        """
        seen: set[bytes] = set()
        counts, hits = [0, 0], [0, 0]
        for key, several in keys:
            counts[several] += 1
            hits[several] += key in seen
            if key is not None:
                seen.add(key)
        total = sum(counts)
        return cls(total, sum(hits) / max(1, total), hits[1] / max(1, counts[1]))
