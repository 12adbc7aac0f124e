"""Functions that only other compiled functions call, compiled once: where they are called.

numba makes machine code of every function, also of those that melt into others, and does so again
in each function that calls them, and in the callers of that.  A function with the options `own`
waits as it was lowered, and is optimised with the entry that it ends up in.
"""

from __future__ import annotations

from typing import Any

from numba import _dynfunc
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, DefaultPassBuilder, _LowerResult
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering

__all__ = ["Lean"]


class _Waiting(JITCodeLibrary):  # type: ignore[misc]
    """Code that is neither optimised nor turned into machine code."""

    def _optimize_final_module(self) -> None:
        """Leave that to the library that this one is linked into."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(NativeLowering):  # type: ignore[misc]
    """Lowering that stops before the machine code."""

    _name = "normcalc_lowering"

    def run_pass(self, state: Any) -> bool:
        """Lower a function, and tell its callers where it is."""
        codegen = state.targetctx.codegen()
        state.library = _Waiting(codegen, state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        found = state["cr"]
        name = found.fndesc.qualname.rpartition(".")[2]
        module = found.fndesc.lookup_module()
        entry = _dynfunc.make_function(module, name, "", 0, found.env, (state.library,))
        state.targetctx.insert_user_function(entry, found.fndesc, [state.library])
        state["cr"] = _LowerResult(found.fndesc, found.call_helper, cfunc=entry, env=found.env)
        return True


class Lean(Compiler):  # type: ignore[misc]
    """The compiler of functions that wait."""

    def define_pipelines(self) -> list[Any]:
        """Return numba's passes, but for the one that lowers."""
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        place = next(
            p for p, _ in pipeline.passes if getattr(p, "__name__", "") == "NativeLowering"
        )
        pipeline.add_pass_after(_Lowering, place)
        pipeline.passes = [each for each in pipeline.passes if each[0] is not place]
        pipeline.finalize()
        return [pipeline]
