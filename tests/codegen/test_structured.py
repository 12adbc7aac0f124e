"""Kernels of vector operators: against the NumPy operators, brute force, and their own texts."""

from __future__ import annotations

import ast
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structured_values import points, setting

import normcalc as nc
from normcalc.codegen import carried, skeletons, source_of
from normcalc.codegen.rules.registry import rule_for
from normcalc.codegen.vector_kernel import VectorKernel
from tests.derive.vector_rows import BY_NAME, ROWS

GOLDEN = Path(__file__).parent / "golden"
# Functions of values that are themselves searches.
REFUSED = frozenset(
    ["quad_env_card_ind", "quad_env_rank_l2", "dist_set_sq", "set_epi_support", "set_epi_dist"]
)
SLOW = frozenset(  # as plain Python
    {"loss_logdet_gaussian", "loss_svc_dual", "regularize", "latent_group", "set_exp_cone"}
)
COMPILED = {
    "norm2": {"lam": 0.7},
    "norm_inf": {"lam": 0.7},
    "norm21_group": {"w": [1.0, 0.4, 2.0], "G": [[2, 0], [], [1, 4, 3]]},
    "tree_group_l2": {"G": [[0], [1, 2], [0, 1, 2], [3, 4]]},
    "sparse_group": {"lam": 0.3, "mu": 0.6},
    "slope_owl": {"w": [1.0, 0.8, 0.8, 0.1, 0.0]},
    "tv1d": {"lam": 0.7},
    "fused_lasso": {"lam": 0.2, "mu": 0.5},
    "set_simplex": {"r": 1.5},
    "set_ball_l1": {"r": 1.5},
    "set_box": {"lo": np.full(5, -0.5), "hi": np.linspace(0, 1, 5)},
    "norm1_sq": {},
    "pers_square": {},
    "norm_quasi_p": {"lam": 0.7, "p": 0.4},
}


def kernel_of(name: str) -> tuple[Any, Any]:
    answer = nc.prox(BY_NAME[name].function())
    return answer, nc.compile(answer)


def called(kernel: Any, v: np.ndarray, step: float, values: dict[str, Any]) -> np.ndarray:
    return kernel(v, **({"step": step} if "step" in kernel.parameters else {}), **values)


def gap(answer: Any, kernel: Any, v: np.ndarray, step: float, values: dict[str, Any]) -> float:
    """Return how far kernel and operator are apart, or nothing where both refuse."""
    try:
        wanted = answer(v, step=step, **values)
    except nc.NormcalcError as error:
        with pytest.raises(type(error)):
            called(kernel, v, step, values)
        return 0.0
    found = called(kernel, v, step, values)
    return float(np.abs(found - wanted).max()) / max(1e-3, np.abs(v).max(), np.abs(wanted).max())


@pytest.mark.parametrize(
    "name",
    [pytest.param(r.name, marks=[pytest.mark.slow] if r.name in SLOW else [])
     for r in ROWS if r.name not in REFUSED],
)  # fmt: skip
def test_every_row_as_plain_python(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "0")
    answer, kernel = kernel_of(name)
    v, values = setting(BY_NAME[name], answer)
    for one in list(points(v))[:3]:
        assert gap(answer, kernel, one, 0.7, values) < 1e-9
    assert gap(answer, kernel, v, 8.0, values) < 1e-9


@pytest.mark.parametrize("name", COMPILED)
def test_compiled(name: str) -> None:
    answer, kernel = kernel_of(name)
    rng = np.random.default_rng(0)
    for v in points(2 * rng.normal(size=5)):
        for step in (0.05, 0.7, 8.0):
            assert gap(answer, kernel, v, step, COMPILED[name]) < 1e-12


def test_compiled_matrices() -> None:
    answer, kernel = kernel_of("nuclear")
    v = np.random.default_rng(0).normal(size=(4, 3))
    for one in (v, v.T, np.asfortranarray(v), np.outer(v[:, 0], v[0]), 0 * v, v[::2]):
        assert np.allclose(kernel(one, 0.5, 1.0), answer(one, step=0.5, lam=1.0), atol=1e-13)
    assert np.allclose(kernel(np.stack([v, -v]), 0.5, 1.0)[1], -kernel(v, 0.5, 1.0), atol=1e-13)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_an_operator_without_a_rule_is_named(name: str) -> None:
    answer = nc.prox(BY_NAME[name].function())
    with pytest.raises(nc.NotDerivable, match="no kernel"):
        nc.compile(answer)


def test_a_rule_is_found_by_class() -> None:
    class Strange:
        pass

    with pytest.raises(nc.NotDerivable, match="operator Strange"):
        rule_for(Strange())  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [1, 2, 7, 300])
@pytest.mark.parametrize("name", ["tv1d", "slope_owl", "set_simplex", "set_ball_l1", "norm_inf"])
def test_sizes_and_ties(name: str, n: int) -> None:
    answer, kernel = kernel_of(name)
    rng = np.random.default_rng(n)
    own = {"slope_owl": {"w": np.sort(rng.uniform(size=n))[::-1]}, "tv1d": {"lam": 0.7},
           "norm_inf": {"lam": 0.7}}.get(name, {"r": 1.5})  # fmt: skip
    for v in (rng.normal(size=n), np.round(rng.normal(size=n)), np.zeros(n), np.full(n, -2.0)):
        assert gap(answer, kernel, v, 0.8, own) < 1e-12


def least_found(f: nc.Function, v: np.ndarray, step: float, values: dict[str, Any]) -> float:
    """Return the least objective at many points around many centres."""
    rng, best = np.random.default_rng(0), np.inf
    centres = [v, 0 * v, *rng.normal(size=(40, v.size))]
    for scale in 2.0 ** -np.arange(16):
        near = [c + scale * rng.normal(size=(30, v.size)) for c in centres]
        points = np.concatenate([*near, *(p * rng.integers(0, 2, v.size) for p in near)])
        costs = f(points, **values) + ((points - v) ** 2).sum(axis=1) / (2 * step)
        order = np.argsort(np.where(np.isnan(costs), np.inf, costs))
        best, centres = min(best, float(costs[order[0]])), list(points[order[:12]])
    return best


@pytest.mark.parametrize(
    ("name", "values"),
    [("pers_square", {}), ("pers_vapnik", {"eps": 0.4}), ("norm_octagon", {}),
     ("max_affine_coordinates", {"lam": 0.6}), ("norm_quasi_p", {"lam": 0.3, "p": 0.5}),
     ("l1_over_l2", {}),
     ("submodular_lovasz", {"lam": 0.5, "F": np.sqrt([0, 1, 1, 2, 1, 2, 2, 3])})],
)  # fmt: skip
def test_no_random_point_is_better(
    name: str, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "0")
    function = BY_NAME[name].function()
    _, kernel = kernel_of(name)
    v = np.array([1.3, -0.8, 0.9])[: function.variable.size or 3]
    u = called(kernel, v, 0.5, values)

    def cost(at: np.ndarray) -> float:
        return float(function(at, **values)) + float((at - v) @ (at - v)) / (2 * 0.5)

    least = least_found(function, v, 0.5, values)
    assert cost(u) <= least + 1e-9
    assert cost(u) == pytest.approx(least, abs=0.05)
    assert cost(called(kernel, v, 0.3, values)) > least + 1e-6  # the prox with a wrong step


def test_no_point_beats_a_kernel() -> None:
    for name in ("tv1d", "norm21_group", "set_simplex"):
        row = BY_NAME[name]
        kernel = nc.compile(nc.prox(row.function()))

        def point(v: Any, step: float = 1.0, kernel: Any = kernel, **values: Any) -> Any:
            return called(kernel, v, step, values)

        assert nc.certify(point, row.function(), values=row.fixed).status == "verified"


def test_a_wrong_kernel_is_refuted() -> None:
    kernel = nc.compile(nc.prox(BY_NAME["tv1d"].function()))

    def rounded(v: Any, step: float = 1.0, **values: Any) -> Any:
        return np.round(kernel(v, step, **values), 2)

    with pytest.raises(nc.Refuted):
        nc.certify(rounded, BY_NAME["tv1d"].function())


def test_out_and_in_place() -> None:
    _, kernel = kernel_of("slope_owl")
    v, w = np.array([3.0, -1.0, 2.0, 0.2]), np.array([1.0, 0.5, 0.5, 0.2])
    wanted, out, kept = kernel(v, 1.0, w), np.empty(4), v.copy()
    assert kernel(v, 1.0, w, out=out) is out
    assert np.array_equal(out, wanted)
    assert np.array_equal(v, kept)
    strided = np.zeros((4, 2))[:, 0]
    assert np.array_equal(kernel(v, 1.0, w, out=strided), wanted)
    assert kernel(v, 1.0, w, out=v) is v
    assert np.array_equal(v, wanted)
    with pytest.raises(nc.InputError):
        kernel(v, 1.0, w, out=np.empty(3))


def test_precision_stacks_and_strange_numbers() -> None:
    _, kernel = kernel_of("tv1d")
    v = np.random.default_rng(0).normal(size=(3, 6))
    single = kernel(v.astype(np.float32), 0.5, 1.0)
    assert single.dtype == np.float32
    assert np.allclose(single, kernel(v, 0.5, 1.0), atol=1e-6)
    assert np.array_equal(kernel(v, 0.5, 1.0)[1], kernel(v[1], 0.5, 1.0))
    assert kernel([1, 2, 4], 0.5, 1.0).dtype == np.float64
    v[1, 2] = np.nan
    found = kernel(v, 0.5, 1.0)
    assert np.isnan(found[1]).all()
    assert np.isfinite(found[[0, 2]]).all()
    v[1, 2] = np.inf
    with pytest.raises(nc.InputError, match="finite"):
        kernel(v, 0.5, 1.0)


def test_parameters_are_checked_as_the_derivation_checks_them() -> None:
    _, kernel = kernel_of("norm2")
    v = np.ones(3)
    for wrong in ((0.5,), (0.5, -1.0), (0.0, 1.0), (np.nan, 1.0), ("a", 1.0), (0.5, 1.0, 2.0)):
        with pytest.raises(nc.ParameterError):
            kernel(v, *wrong)
    with pytest.raises(nc.ParameterError, match="twice"):
        kernel(v, 0.5, 1.0, lam=1.0)
    with pytest.raises(nc.InputError):
        kernel(3.0, 0.5, 1.0)
    _, groups = kernel_of("norm21_group")
    with pytest.raises(nc.InputError):
        groups(v, 0.5, w=[1.0], G=[[0, 7]])


def test_bound_parameters_and_pickles() -> None:
    _, kernel = kernel_of("norm21_group")
    v, values = np.arange(5.0), COMPILED["norm21_group"]
    wanted = kernel(v, 0.7, **values)
    assert np.array_equal(kernel.bind(**values)(v, 0.7), wanted)
    again = pickle.loads(pickle.dumps(kernel))
    assert isinstance(again, VectorKernel)
    assert np.array_equal(again(v, 0.7, **values), wanted)


@pytest.mark.parametrize("name", ["tv1d", "set_simplex", "slope_owl"])
def test_golden(name: str) -> None:
    """Set NORMCALC_UPDATE_GOLDEN=1 to rewrite the files; then read the difference."""
    source = source_of(nc.prox(BY_NAME[name].function()))
    path = GOLDEN / f"vector_{name}.py.txt"
    if os.environ.get("NORMCALC_UPDATE_GOLDEN") == "1":
        path.write_text(source, encoding="utf-8", newline="\n")
    assert source == path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert imported <= {"math", "os", "numpy"}


def test_an_exported_module_stands_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "0")
    answer = nc.prox(BY_NAME["norm21_group"].function())
    path = nc.export(answer, tmp_path / "groups.py")
    space: dict[str, Any] = {"__name__": "groups"}
    exec(compile(path.read_text(), str(path), "exec"), space)  # noqa: S102 - the text under test
    v, values = np.arange(5.0), COMPILED["norm21_group"]
    assert np.array_equal(space["prox"](v, 0.7, **values), answer(v, step=0.7, **values))
    plain = nc.export(answer, tmp_path / "plain.py", target="plain")
    assert "numba" not in plain.read_text()


def test_algorithms_and_primitives_have_different_names() -> None:
    assert not set(skeletons.ALL) & set(carried.ALL)


class TestAlgorithms:
    """The algorithms as plain functions, where each can go wrong by itself."""

    def test_strings_by_chains_are_strings_by_bends(self) -> None:
        rng = np.random.default_rng(0)
        for _ in range(300):
            n = int(rng.integers(1, 12))
            v, above, below = 2 * rng.normal(size=n), rng.uniform(0, 2, n), rng.uniform(0, 2, n)
            if rng.random() < 0.5:
                v, above, below = np.round(v), np.round(above), np.round(below)
            above[-1] = below[-1] = 0.0
            first, second = np.empty(n), np.empty(n)
            skeletons.ALL["pull_string"](v, above, below, first)
            skeletons.ALL["pull_by_chains"](v, above, below, 0.0, second)
            assert np.allclose(first, second, atol=1e-12)

    def test_chains_take_over_where_bends_come_late(self) -> None:
        n = 600
        v = np.zeros(n)
        v[-1] = -1e3
        above, below = np.full(n, 1e3), np.linspace(0.0, 1.0, n)
        above[-1] = below[-1] = 0.0
        first, second = np.empty(n), np.empty(n)
        skeletons.ALL["pull_string"](v, above, below, first)
        skeletons.ALL["pull_by_chains"](v, above, below, 0.0, second)
        assert np.allclose(first, second, atol=1e-9)

    @pytest.mark.parametrize("width", [0.3, 2.0, 50.0, np.inf])
    def test_a_tube_may_lie_where_the_path_is_written(self, width: float) -> None:
        rng, tubes = np.random.default_rng(1), skeletons.ALL["tubes"]
        v, first, second = np.cumsum(rng.normal(size=60)), np.empty(60), np.empty(60)
        above, below = tubes(np.full(1, width), np.full(59, width), first)
        assert above is below is first
        skeletons.ALL["pull_string"](v, above, below, first)
        apart = np.append(np.full(59, width), 0.0)
        skeletons.ALL["pull_string"](v, apart, apart.copy(), second)
        np.testing.assert_array_equal(first, second)
        above, below = tubes(np.full(1, width), np.full(1, 0.1), first)
        assert below is not first
        assert below[0] == 0.1
        assert first[0] == width

    def test_chains_look_back_at_a_tube_that_the_path_replaces(self) -> None:
        v = np.zeros(600)
        v[-1] = -1e3
        first, second = np.append(np.linspace(5.0, 0.1, 599), 0.0), np.empty(600)
        apart = first.copy()
        skeletons.ALL["pull_string"](v, first, first, first)
        skeletons.ALL["pull_by_chains"](v, apart, apart, 0.0, second)
        np.testing.assert_allclose(first, second, atol=1e-9)

    @pytest.mark.parametrize("absolute", [True, False])
    def test_sorting(self, absolute: bool) -> None:
        rng = np.random.default_rng(0)
        normal = rng.normal(size=500)
        for v in (normal, np.round(normal), 1 + 1e-12 * normal, np.zeros(70), normal[:3]):
            order, y = skeletons.ALL["sorted_down"](v, absolute)
            sizes = np.abs(v) if absolute else v
            assert np.array_equal(y, np.sort(sizes)[::-1])
            assert np.array_equal(sizes[order], y)
            assert np.array_equal(np.sort(order), np.arange(v.size))

    def test_zeros_of_falling_functions(self) -> None:
        root = skeletons.ALL["falling_zero"]
        for target in (1e-12, 0.3, 7.0, 1e9):
            found = root(lambda t, a: a - t)(1e-300, 1.0, target)
            assert found == pytest.approx(target, rel=1e-14)
        assert root(lambda t, a: np.exp(-t) - a)(0.0, 1.0, 1e-8) == pytest.approx(8 * np.log(10))
        with pytest.raises(ValueError, match="empty"):
            root(lambda t, a: a)(0.0, 1.0, 1.0)

    @pytest.mark.parametrize(
        ("groups", "kind"),
        [([[0, 1], [2]], 4), ([[2], [0, 1]], 3), ([[0], [2]], 2), ([[0], [0, 1]], 1),
         ([[0, 1], [1, 2]], 0), ([[], [0]], 4)],
    )  # fmt: skip
    def test_kinds_of_groups(self, groups: list[list[int]], kind: int) -> None:
        assert skeletons.ALL["grouped"](groups)[3] == kind


def test_groups_that_overlap_and_entries_in_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "0")
    answer, kernel = kernel_of("latent_group")
    v, w = np.array([1.0, -2.0, 0.5]), np.array([1.0, 2.0])
    for groups in ([[0, 1], [1, 2]], [[0, 1, 2], [1]], [[0, 2], [1]]):
        assert gap(answer, kernel, v, 0.7, {"w": w, "G": groups}) < 1e-9
    with pytest.raises(nc.InputError):
        kernel(v, 0.7, w=w, G=[[0, 1], [1, 7]])
    largest = nc.prox(nc.function("max(group_norms(x, G, 2))"))
    for groups in ([[0, 2], [1]], [[2], [0]], [[0, 1], [1, 2]]):  # in [[2], [0]] one is free
        assert gap(largest, nc.compile(largest), v, 0.7, {"G": groups}) < 1e-9


def test_no_two_functions_that_modules_carry_share_a_name() -> None:
    from normcalc.codegen import carried, skeletons

    assert not carried.ALL.keys() & skeletons.ALL.keys()
