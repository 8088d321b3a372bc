"""A strict reader of what a scrape answers: Prometheus text 0.0.4 and OpenMetrics 1.0.0."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from harness import Address
from wire import get

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_SAMPLE = re.compile(rf"^({_NAME})(?:\{{(.*)\}})? (\S+)$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?!$)|$)')
_SUFFIXES = {
    "counter": {"_total"},
    "gauge": {""},
    "histogram": {"_bucket", "_sum", "_count"},
}

Labels = frozenset[tuple[str, str]]


def labels(**values: str) -> Labels:
    return frozenset(values.items())


@dataclass
class Family:
    """All samples of one name. `samples` is keyed by suffix and labels."""

    name: str
    type: str
    help: str
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Scrape:
    families: dict[str, Family]

    def value(self, name: str, /, **wanted: str) -> float:
        """The sum of the samples whose labels have all of `wanted`; 0 if there is none."""
        family, suffix = self._find(name)
        if family is None:
            return 0.0
        return sum(
            value
            for (own_suffix, own), value in family.samples.items()
            if own_suffix == suffix and labels(**wanted) <= own
        )

    def series(self, name: str) -> dict[Labels, float]:
        family, suffix = self._find(name)
        assert family is not None, f"no family of {name}"
        return {own: value for (s, own), value in family.samples.items() if s == suffix}

    def _find(self, name: str) -> tuple[Family | None, str]:
        for suffix in ("", "_total", "_bucket", "_sum", "_count"):
            if name.endswith(suffix):
                family = self.families.get(name.removesuffix(suffix))
                if family is not None:
                    return family, suffix
        return None, ""


def scrape(address: Address, accept: str = "text/plain") -> Scrape:
    answer = get(address, "/metrics", {"Accept": accept})
    assert answer.status == 200
    content_type = answer.headers["content-type"]
    assert content_type in (PROMETHEUS, OPENMETRICS)
    return parse(answer.body.decode("utf-8"), content_type == OPENMETRICS)


def parse(text: str, openmetrics: bool) -> Scrape:
    """Fails on anything that the format forbids."""
    assert text.endswith("\n"), "the last line must end"
    lines = text.removesuffix("\n").split("\n")
    if openmetrics:
        assert lines.pop() == "# EOF", "OpenMetrics ends with # EOF"
    families: dict[str, Family] = {}
    pending_help: tuple[str, str] | None = None
    current: Family | None = None
    for line in lines:
        if line.startswith("# HELP "):
            _, _, name, text_of_help = line.split(" ", 3)
            pending_help = (name, text_of_help)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert pending_help is not None and pending_help[0] == name, f"{name} has no HELP"
            if not openmetrics and kind == "counter":
                assert name.endswith("_total"), f"the counter {name} does not say _total"
                name = name.removesuffix("_total")
            assert name not in families, f"{name} is described twice"
            current = families[name] = Family(name, kind, pending_help[1])
            pending_help = None
        else:
            assert not line.startswith("#"), f"a comment: {line}"
            assert current is not None and pending_help is None, f"no family yet: {line}"
            _add(current, line)
    for family in families.values():
        _check_histograms(family)
    return Scrape(families)


def _add(family: Family, line: str) -> None:
    found = _SAMPLE.match(line)
    assert found is not None, f"no sample: {line}"
    name, block, number = found.groups()
    assert name.startswith(family.name), f"{name} among the samples of {family.name}"
    suffix = name.removeprefix(family.name)
    assert suffix in _SUFFIXES[family.type], f"{name} is no sample of a {family.type}"
    own = _read_labels(block) if block is not None else frozenset()
    assert (suffix, own) not in family.samples, f"given twice: {line}"
    family.samples[suffix, own] = float(number)


def _read_labels(block: str) -> Labels:
    at = 0
    own: dict[str, str] = {}
    while at < len(block):
        found = _LABEL.match(block, at)
        assert found is not None, f"labels: {block[at:]}"
        assert found[1] not in own, f"the label {found[1]} is there twice"
        own[found[1]] = re.sub(
            r"\\(.)", lambda escape: "\n" if escape[1] == "n" else escape[1], found[2]
        )
        at = found.end()
    return frozenset(own.items())


def _check_histograms(family: Family) -> None:
    if family.type != "histogram":
        return
    buckets: dict[Labels, list[tuple[float, float]]] = defaultdict(list)
    for (suffix, own), value in family.samples.items():
        if suffix == "_bucket":
            bound = float(dict(own)["le"])
            buckets[own - {("le", dict(own)["le"])}].append((bound, value))
    for own, rows in buckets.items():
        bounds = [bound for bound, _ in rows]
        counts = [count for _, count in rows]
        assert bounds == sorted(set(bounds)) and bounds[-1] == float("inf"), family.name
        assert counts == sorted(counts), f"{family.name}: buckets that shrink"
        assert counts[-1] == family.samples["_count", own], family.name
        assert family.samples["_sum", own] >= 0, family.name
