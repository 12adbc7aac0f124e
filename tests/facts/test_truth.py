"""Three-valued answers and their combinators."""

from __future__ import annotations

import pickle
from itertools import product

import pytest

from normcalc.errors import InputError, Unsettled
from normcalc.facts.truth import Truth, all_of, any_of, negate, unknown, yes

YES, NO, UNKNOWN = yes("because"), Truth("NO", "at", {"x": (1, 2)}), unknown("the sign of c")
ORDER = {"NO": 0, "UNKNOWN": 1, "YES": 2}


def test_bool_never_reads_unknown_as_false() -> None:
    assert bool(YES) is True
    assert bool(NO) is False
    with pytest.raises(Unsettled, match="the sign of c"):
        bool(UNKNOWN)
    with pytest.raises(Unsettled):
        _ = not UNKNOWN


def test_text() -> None:
    assert str(YES) == "YES: because"
    assert str(NO) == "NO: x = (1, 2): at"
    assert str(UNKNOWN) == "UNKNOWN: missing the sign of c"


@pytest.mark.parametrize("pair", list(product([YES, NO, UNKNOWN], repeat=2)))
def test_kleene_tables(pair: tuple[Truth, Truth]) -> None:
    values = [ORDER[t.value] for t in pair]
    assert ORDER[all_of(*pair).value] == min(values)
    assert ORDER[any_of(*pair).value] == max(values)
    assert negate(all_of(*pair)).value == any_of(*map(negate, pair)).value


def test_no_terms() -> None:
    assert all_of().value == "YES"
    assert any_of().value == "NO"


def test_the_witness_survives() -> None:
    assert all_of(YES, NO, UNKNOWN) is NO
    assert all_of(YES, UNKNOWN) is UNKNOWN
    assert pickle.loads(pickle.dumps(NO)) == NO


def test_other_values_are_refused() -> None:
    with pytest.raises(InputError):
        Truth("yes")  # type: ignore[arg-type]
