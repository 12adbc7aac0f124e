"""What a kernel runs on: first the interpreter, then machine code, and constants for both."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.build import load, located
from normcalc.codegen.early import Early, has_early_stage
from normcalc.codegen.emit import retargeted
from normcalc.codegen.machine import Constants, Interpreter, Machine
from normcalc.errors import NotDerivable, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from normcalc.codegen.arrays import Array
    from normcalc.codegen.parameters import Interface

SETUP = 5  # numbers that a set-up counts as
SHARE = 3  # for loops of others `setup` and `element` are compiled, each as long as a loop


class Staged:
    """A kernel's module, the machine that runs it, and the constants of its last parameters.

    Parameters
    ----------
    source : str
        The Python text that is compiled.
    interface : Interface
        Names, checks and messages.
    """

    def __init__(self, source: str, interface: Interface) -> None:
        """Load the module of `source`."""
        self.source = source
        self.interface = interface
        self.parameters = interface.parameters
        self.n_constants = interface.n_constants
        if has_early_stage():
            early = Early(retargeted(source, "plain"), source)
            self._machine: Machine = Interpreter(early)
        else:
            self._machine = Machine(self._module)
        # The parameters of the last call, their constants, and the loop that it took, with what
        # that takes of these: one tuple, swapped at once, so that threads see what fits together.
        self._last: tuple[Any, Any, Any, Any] = (None, None, None, None)

    @cached_property
    def path(self) -> Path:
        """Where the module lies that is compiled."""
        return located(self.source)

    @cached_property
    def _module(self) -> ModuleType:
        """The module that is compiled; it is loaded when the interpreter has done its share."""
        return load(self.source)

    @property
    def setup(self) -> Callable[..., int]:
        """The function of parameters that writes the constants of an element."""
        found: Callable[..., int] = self._module.setup
        return found

    @property
    def element(self) -> Callable[..., float]:
        """The function of one number and the constants."""
        found: Callable[..., float] = self._module.element
        return found

    def early(self) -> Early | None:
        """Return an early stage of its own for loops that call `setup` and `element`, if any."""
        if not has_early_stage():
            return None
        text = retargeted(self.source, "plain")
        return Early(text, self.source, entry="element", share=SHARE)

    def _settle(self) -> None:
        """Have all that follows done by machine code."""
        if not self._machine.settled:
            self._machine = Machine(self._module)

    def _outgrown(self, numbers: int) -> bool:
        """Tell whether so many numbers end the early stage, and if so end it."""
        machine = self._machine
        if not isinstance(machine, Interpreter) or machine.takes(numbers):
            return False
        self._settle()
        return True

    def _compile(self) -> None:
        self._settle()
        consts = np.full(self.n_constants, -1.0)
        self._machine.ready()(np.empty(0), consts, np.empty(0))
        self.setup(np.ones(len(self.parameters)), consts)

    def _prepare(self, key: tuple[Any, ...]) -> Constants:
        """Check parameters and return the constants of `setup`."""
        constants: Constants = self._remembered(key)[1]
        return constants

    def _remembered(self, key: tuple[Any, ...]) -> tuple[Any, Any, Any, Any]:
        """Check parameters, run `setup`, and remember what became of them."""
        values = self.interface.checked(self.interface.ordered(key, {}))
        double = np.zeros(self.n_constants)
        params = np.array(values, dtype=np.float64)
        with np.errstate(all="ignore"):
            if self.interface.relations:
                self._check_relations(params, values)
            self._outgrown(SETUP)
            regime = int(self._machine.setup(params, double))
            if regime < 0:
                raise NotDerivable(self._refusal(regime, values))
            constants = self._machine.constants(double)
        self._last = found = (values, constants, self._machine.fast, constants.double)
        return found

    def _check_relations(self, params: Array, values: tuple[float, ...]) -> None:
        broken = int(self._machine.module.violated(params))
        if broken >= 0:
            relation = self.interface.relations[broken]
            raise ParameterError(f"{relation} does not hold for {self.interface.settings(values)}")

    def _refusal(self, regime: int, values: tuple[float, ...]) -> str:
        text = dict(self.interface.refusals).get(regime)
        where = self.interface.settings(values)
        return f"{text} (here {where})" if text else f"no regime of the table holds for {where}"
