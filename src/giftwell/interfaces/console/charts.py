"""Bar charts as geometry: numbers in, coordinates of an SVG out. Pure; the template only writes them down.

One drawing for wide and one for narrow screens. Nothing is sized by a style: a strict policy lets it through.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

GRIDLINES = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing's size in its own units; `labels` is how many days are named below at most."""

    width: int
    height: int
    left: int
    labels: int
    radius: float = 2.0

    @property
    def base(self) -> int:
        """Where the bars stand."""
        return self.height - 26

    @property
    def gutter(self) -> int:
        """Where the amounts of the gridlines end."""
        return self.left - 10

    @property
    def foot(self) -> int:
        """The line on which the days are named."""
        return self.height - 4


WIDE = Frame(width=1040, height=240, left=66, labels=8)
NARROW = Frame(width=360, height=220, left=58, labels=4)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line across, with the amount it stands for."""

    y: float
    text: str
    is_base: bool

    @property
    def text_y(self) -> float:
        """The line of the amount's letters, so that they stand in the middle of the rule."""
        return self.y + 4


@dataclass(frozen=True, slots=True)
class Label:
    """One name below."""

    x: float
    text: str
    anchor: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws. `last_x` and `last_width` are the band behind today."""

    frame: Frame
    rules: list[Rule]
    first: list[str]
    second: list[str]
    labels: list[Label]
    last_x: float
    last_width: float


def ceiling(highest: int) -> int:
    """A round number from `highest`, that the gridlines divide: 1, 2, 4 or 8 times a power of ten each."""
    step = 1
    while True:
        for factor in (1, 2, 4, 8):
            if factor * step * GRIDLINES >= highest:
                return factor * step * GRIDLINES
        step *= 10


def bars(
    pairs: Sequence[tuple[int, int]],
    words: Sequence[str],
    amount: Callable[[int], str],
    frame: Frame,
    *,
    least: int = 1,
) -> Chart:
    """Two bars for each of `pairs`, named below by `words`; `amount` writes a gridline's value.

    The drawing reaches up to `least` even where nothing happened.
    """
    top = ceiling(max([least, *(max(pair) for pair in pairs)]))
    slot = (frame.width - frame.left) / len(pairs)
    wide = min(15.0, max(0.8, slot * 0.3))
    gap = wide * 0.2
    first, second = [], []
    for at, (one, other) in enumerate(pairs):
        middle = frame.left + slot * (at + 0.5)
        first.append(_bar(middle - gap / 2 - wide, wide, one / top, frame))
        second.append(_bar(middle + gap / 2, wide, other / top, frame))
    return Chart(
        frame=frame,
        rules=[_rule(line, top, amount, frame) for line in range(GRIDLINES + 1)],
        first=[path for path in first if path],
        second=[path for path in second if path],
        labels=_labels(words, slot, frame),
        last_x=round(frame.width - slot, 1),
        last_width=round(slot, 1),
    )


def shares(amounts: Sequence[int], *, width: int = 480) -> list[tuple[float, float]]:
    """Where each part of one long bar begins and how wide it is, with two units of air between the parts."""
    total = sum(amounts)
    air = 2.0
    room = width - air * max(0, sum(1 for one in amounts if one) - 1)
    found, at = [], 0.0
    for one in amounts:
        size = room * one / total if total else 0.0
        found.append((round(at, 1), round(size, 1)))
        at += size + air if one else 0.0
    return found


def _rule(line: int, top: int, amount: Callable[[int], str], frame: Frame) -> Rule:
    share = line / GRIDLINES
    return Rule(round(frame.base - share * (frame.base - 8), 1), amount(int(top * share)), is_base=line == 0)


def _bar(x: float, width: float, share: float, frame: Frame) -> str:
    height = share * (frame.base - 8)
    if height <= 0:
        return ""
    r = min(frame.radius, width / 2, height)
    return (
        f"M{x:.1f} {frame.base}v{-(height - r):.1f}q0 {-r:.1f} {r:.1f} {-r:.1f}"
        f"h{width - 2 * r:.1f}q{r:.1f} 0 {r:.1f} {r:.1f}v{height - r:.1f}Z"
    )


def _labels(words: Sequence[str], slot: float, frame: Frame) -> list[Label]:
    """Every so many, counted back from the last, so that today is always named."""
    every = max(1, -(-len(words) // frame.labels))
    found = []
    for at in range(len(words) - 1, -1, -every):
        is_last = at == len(words) - 1
        middle = frame.left + slot * (at + 0.5)
        at_edge = is_last and middle > frame.width - 24
        x = float(frame.width) if at_edge else round(middle, 1)
        found.append(Label(x, words[at], "end" if at_edge else "middle", is_last))
    return found[::-1]
