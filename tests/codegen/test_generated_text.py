"""The text of modules: three golden files, and printing of random formulas."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import codegen_tables as tables
import numpy as np
import pytest
import sympy as sp
from codegen_tables import Case, CaseTable, Regime
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from normcalc.codegen import compile as compile_kernel
from normcalc.codegen import export, source_of
from normcalc.codegen.hoist import Pool, hoist
from normcalc.codegen.names import Names
from normcalc.codegen.printer import Printer
from normcalc.errors import InputError, NotDerivable
from normcalc.language.build import function

GOLDEN = Path(__file__).parent / "golden"
UPDATE = "NORMCALC_UPDATE_GOLDEN"


@pytest.mark.parametrize("name", ["mcp", "neglog", "logsum"])
def test_golden(name: str) -> None:
    """Set NORMCALC_UPDATE_GOLDEN=1 to rewrite the files; then read the difference."""
    table = tables.EXAMPLES[name].table
    source = source_of(table, name=f"prox_{name}", header=f"Proximal operator of {name}.")
    path = GOLDEN / f"prox_{name}.py.txt"
    if os.environ.get(UPDATE) == "1":
        path.write_text(source, encoding="utf-8", newline="\n")
    assert source == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", tables.EXAMPLES)
def test_text_is_the_same_every_time_and_imports_only_numpy_and_numba(name: str) -> None:
    table = tables.EXAMPLES[name].table
    source = source_of(table, name="f")
    compile_kernel.__globals__["_program"].cache_clear()
    assert source == source_of(table, name="f")
    tree = ast.parse(source)
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert imported <= {"math", "os", "numpy", "numba", "__future__"}
    assert max(len(line) for line in source.splitlines()) < 160


def test_headers_cannot_leave_their_docstring() -> None:
    header = 'end """\nimport os\n"""' + "\\" * 3
    source = source_of(tables.SOFT, name="f", header=header)
    tree = ast.parse(source)
    assert "import os" in ast.get_docstring(tree)
    assert [n.module for n in tree.body if isinstance(n, ast.ImportFrom)] == ["__future__"]


def test_names_that_python_or_the_module_uses() -> None:
    names = ["lambda", "k", "np", "apply", "size", "x1", "result", "v_", "consts", "t1", "c1"]
    symbols = [sp.Symbol(n, positive=True) for n in names]
    v, u = tables.v, tables.u
    result = sp.Add(*[i * s**2 for i, s in enumerate(symbols, 1)]) * (u + symbols[0])
    table = tables.one(Case(-sp.oo, sp.oo, v, result), parameters=tuple(symbols), parity=None)
    kernel = compile_kernel(table, name="class")
    values = [1.0 + 0.5 * i for i in range(len(names))]
    expected = sum(i * s**2 for i, s in enumerate(values, 1)) * (3.0 + values[0])
    assert kernel(3.0, *values) == pytest.approx(expected, rel=1e-14)
    assert kernel(3.0, **dict(zip(names, values, strict=True))) == kernel(3.0, *values)


x, a, b = (sp.Symbol(n, positive=True) for n in "xab")
leaves = st.sampled_from([x, a, b, sp.Integer(2), sp.Rational(1, 3), sp.sqrt(2), sp.pi])
POWERS = [sp.Rational(*p) for p in ((2, 1), (3, 1), (7, 1), (-1, 1), (-2, 1), (1, 2), (-3, 2))]
POWERS += [sp.Rational(*p) for p in ((1, 3), (2, 3), (5, 4), (-1, 6), (2, 5))]


def grown(inner):
    return st.one_of(
        st.builds(lambda p, q: p + q, inner, inner),
        st.builds(lambda p, q: p * q, inner, inner),
        st.builds(lambda p, q: p / (1 + q), inner, inner),
        st.builds(lambda p, e: (1 + p) ** e, inner, st.sampled_from(POWERS)),
        st.builds(lambda p: sp.log(2 + p), inner),
        st.builds(lambda p: sp.exp(-p), inner),
        st.builds(lambda p: sp.tanh(1 + p), inner),
        st.builds(sp.Max, inner, inner),
        st.builds(sp.Min, inner, inner),
        st.builds(lambda p, q, r: sp.Piecewise((p, r < x), (q, True)), inner, inner, inner),
        st.builds(lambda p, q: p + sp.Heaviside(x - q, 1) + abs(sp.sign(x)), inner, inner),
    )


@given(st.recursive(leaves, grown, max_leaves=8), st.floats(0.3, 2.5))
@settings(max_examples=60, deadline=None)
def test_random_formulas_print_right(expr: sp.Expr, value: float) -> None:
    # Sums of positive terms only: rounding cannot hide behind cancellation.
    table = CaseTable(
        x, tables.u, (a, b), (Regime((), cases=(Case(-sp.oo, sp.oo, expr, tables.u),)),)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NORMCALC_JIT", "0")
        kernel = compile_kernel(table, name="f")
        got = kernel(np.array([value]), 0.7, 1.9)[0]
    numbers = {x: sp.Float(value, 40), a: sp.Float("0.7", 40), b: sp.Float("1.9", 40)}
    numbers = {s: sp.Rational(float(n)) for s, n in numbers.items()}
    exact = expr.subs(numbers).evalf(30)
    near = [abs(float(step.args[0].subs(numbers))) for step in expr.atoms(sp.Heaviside)]
    assume(all(gap > 1e-12 for gap in near))  # the side of a jump is then no matter of rounding
    assert abs(got - float(exact)) <= 1e-12 * abs(float(exact))


def test_hoisting_leaves_nothing_to_compute_per_element() -> None:
    pool = Pool(Names())
    hoisted = hoist(sp.exp(a) * x + sp.log(b) / a, frozenset({x}), pool)
    assert len(pool.slots) == 2
    assert not hoisted.atoms(sp.exp, sp.log)
    # Without hoisting the logarithm would be in the loop.
    assert sp.log(b) in (sp.exp(a) * x + sp.log(b) / a).atoms(sp.log)


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (x ** sp.Rational(3, 2), "x*np.sqrt(x)"),
        (x ** sp.Rational(2, 3), "np.cbrt(x)*np.cbrt(x)"),
        (x**3, "x*x*x"),
        (x**-2, "1/(x*x)"),
        (-(x**2) / 3, "-(1/3)*x*x"),
        (x - a - b, "x - a - b"),
        (sp.Max(x, a, b), "max(max(a, b), x)"),
        (x**a, "x**a"),
        (sp.pi * x, "3.141592653589793*x"),
    ],
)
def test_printing(expr: sp.Expr, text: str) -> None:
    assert Printer().code(expr) == text


REFUSED = {
    "pair": Case(-sp.oo, sp.oo, tables.v, (tables.u, tables.u)),
    "unknown symbol": Case(-sp.oo, sp.oo, tables.v + sp.Symbol("mystery"), tables.u),
    "unknown function": Case(-sp.oo, sp.oo, sp.besselj(0, tables.v), tables.u),
    "other branch": Case(-sp.oo, sp.oo, sp.LambertW(tables.v, -1), tables.u),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_cannot_be_compiled_says_so(reason: str) -> None:
    with pytest.raises(NotDerivable):
        compile_kernel(tables.one(REFUSED[reason], parity=None), name="f")


def test_cases_that_do_not_join() -> None:
    table = tables.one(
        Case(-sp.oo, sp.S.Zero, tables.v, tables.u),
        Case(sp.S.One, sp.oo, tables.v, tables.u),
        parity=None,
    )
    with pytest.raises(NotDerivable, match="do not join"):
        compile_kernel(table, name="f")


@pytest.mark.parametrize("target", ["numba", "plain"])
def test_export_stands_alone(target: str, tmp_path: Path) -> None:
    export(tables.MCP, tmp_path / "mcp.py", name="prox_mcp", target=target)
    program = (
        "import sys; import mcp; print(float(mcp.prox_mcp(-1.5, 0.5, 1.0, 3.0)));"
        "print('normcalc' in sys.modules, 'numba' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    number, loaded = done.stdout.splitlines()
    assert float(number) == pytest.approx(-1.2, rel=1e-15)
    assert loaded == f"False {target == 'numba'}"


def test_export_of_a_kernel_is_its_source(tmp_path: Path) -> None:
    kernel = compile_kernel(tables.SOFT, name="soft")
    assert export(kernel, tmp_path / "soft.py").read_text() == kernel.source == str(kernel)
    assert "numba" not in export(kernel, tmp_path / "plain.py", target="plain").read_text()


@pytest.mark.parametrize("name", ["soft.f90", "soft"])
def test_export_to_what_does_not_exist(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.py"):
        export(tables.SOFT, tmp_path / name)
    with pytest.raises(InputError, match="numba, plain"):
        export(tables.SOFT, tmp_path / "soft.py", target="fortran")
    assert not list(tmp_path.iterdir())


def test_values_of_functions() -> None:
    ent = compile_kernel(function("x*log(x)", domain=(0, None)))
    got = ent(np.array([-1.0, 0.0, 2.0, np.nan]))
    assert got[0] == np.inf
    assert got[1:3].tolist() == [0.0, 2 * np.log(2.0)]
    assert np.isnan(got[3])
    box = compile_kernel(function("x**2", domain=(-1, 2)))
    assert box(np.array([-1.5, -1.0, 2.0, 2.5])).tolist() == [np.inf, 1.0, 4.0, np.inf]
