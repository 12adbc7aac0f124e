"""Solvers of other libraries, each as ``solver(X, y, lam, tol) -> coefficients``.

Objectives have the loss divided by the number of rows.  Libraries are imported when asked for, so
that those which are missing are left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

LONG = 200_000
GROUP = 10


def sklearn_lasso(X: Any, y: Any, lam: float, tol: float) -> Any:
    from sklearn.linear_model import Lasso

    return Lasso(lam, fit_intercept=False, tol=tol, max_iter=LONG).fit(X, y).coef_


def sklearn_elastic_net(X: Any, y: Any, lam: float, tol: float) -> Any:
    from sklearn.linear_model import ElasticNet

    model = ElasticNet(lam, l1_ratio=0.5, fit_intercept=False, tol=tol, max_iter=LONG)
    return model.fit(X, y).coef_


def sklearn_multi_task(X: Any, y: Any, lam: float, tol: float) -> Any:
    from sklearn.linear_model import MultiTaskLasso

    return MultiTaskLasso(lam, fit_intercept=False, tol=tol, max_iter=LONG).fit(X, y).coef_.T


def celer_lasso(X: Any, y: Any, lam: float, tol: float) -> Any:
    from celer import Lasso

    model = Lasso(lam, fit_intercept=False, tol=tol, max_iter=200, max_epochs=LONG)
    return model.fit(X, y).coef_


def celer_elastic_net(X: Any, y: Any, lam: float, tol: float) -> Any:
    from celer import ElasticNet

    model = ElasticNet(
        lam, l1_ratio=0.5, fit_intercept=False, tol=tol, max_iter=200, max_epochs=LONG
    )
    return model.fit(X, y).coef_


def celer_logistic(X: Any, y: Any, lam: float, tol: float) -> Any:
    from celer import LogisticRegression

    model = LogisticRegression(C=1 / (lam * len(y)), tol=tol, max_iter=200, max_epochs=LONG)
    return model.fit(X, y).coef_.ravel()


def celer_group(X: Any, y: Any, lam: float, tol: float) -> Any:
    from celer import GroupLasso

    model = GroupLasso(GROUP, lam, fit_intercept=False, tol=tol, max_iter=200, max_epochs=LONG)
    return model.fit(X, y).coef_


def celer_multi_task(X: Any, y: Any, lam: float, tol: float) -> Any:
    from celer import MultiTaskLasso

    model = MultiTaskLasso(lam, fit_intercept=False, tol=tol, max_iter=200, max_epochs=LONG)
    return model.fit(X, y).coef_.T


def skglm(datafit: str, penalty: str, solver: str = "AndersonCD", **given: Any) -> Any:
    """Return a solver of skglm by the names of its classes; `given` goes to the solver."""

    def solve(X: Any, y: Any, lam: float, tol: float) -> Any:
        import skglm
        from skglm import datafits, penalties, solvers

        fits = {"Huber": (1.0,)}.get(datafit, ())
        weighs = {"L1_plus_L2": (0.5,), "MCPenalty": (3.0,), "SCAD": (3.7,)}.get(penalty, ())
        long = {} if solver == "ProxNewton" else {"max_epochs": LONG}
        chosen = getattr(solvers, solver)(
            tol=tol, fit_intercept=False, max_iter=200, **long, **given
        )
        fit, weight = getattr(datafits, datafit)(*fits), getattr(penalties, penalty)(lam, *weighs)
        return skglm.GeneralizedLinearEstimator(fit, weight, chosen).fit(X, y).coef_.ravel()

    return solve


def skglm_group(X: Any, y: Any, lam: float, tol: float) -> Any:
    from skglm.datafits import QuadraticGroup
    from skglm.penalties import WeightedGroupL2
    from skglm.solvers import GroupBCD
    from skglm.utils.data import grp_converter
    from skglm.utils.jit_compilation import compiled_clone

    indices, starts = grp_converter(GROUP, X.shape[1])
    weights = np.ones(len(starts) - 1)
    penalty = compiled_clone(WeightedGroupL2(lam, weights, starts, indices))
    fit = compiled_clone(QuadraticGroup(starts, indices))
    solver = GroupBCD(tol=tol, max_iter=1000, max_epochs=LONG, fit_intercept=False)
    return solver.solve(X, y, fit, penalty)[0]


def skglm_multi_task(X: Any, y: Any, lam: float, tol: float) -> Any:
    from skglm.datafits import QuadraticMultiTask
    from skglm.penalties import L2_1
    from skglm.solvers import MultiTaskBCD
    from skglm.utils.jit_compilation import compiled_clone

    solver = MultiTaskBCD(tol=tol, max_iter=200, max_epochs=LONG, fit_intercept=False)
    fit, penalty = compiled_clone(QuadraticMultiTask()), compiled_clone(L2_1(lam))
    return solver.solve(X, np.asfortranarray(y), fit, penalty)[0]


def adelie(family: str = "gaussian", alpha: float = 1.0, group: int = 1) -> Any:
    """Return a solver of adelie for a family of losses."""

    def solve(X: Any, y: Any, lam: float, tol: float) -> Any:
        import adelie as ad

        of = ad.matrix.sparse if sparse.issparse(X) else ad.matrix.dense
        target = (y > 0).astype(float) if family == "binomial" else y
        given: dict[str, Any] = {} if family == "gaussian" else {"irls_tol": tol}
        if group > 1:
            given |= {
                "groups": np.arange(0, X.shape[1], group),
                "penalty": np.ones(X.shape[1] // group),
            }
        state = ad.grpnet(
            of(X, method="naive"),
            getattr(ad.glm, family)(target),
            alpha=alpha,
            lmda_path=np.array([lam]),
            intercept=False,
            early_exit=False,
            tol=tol,
            progress_bar=False,
            max_iters=10**8,
            **given,
        )
        return np.asarray(state.betas[-1].todense()).ravel()

    return solve


def liblinear(X: Any, y: Any, lam: float, tol: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(
        penalty="l1", C=1 / (lam * len(y)), solver="liblinear", fit_intercept=False, tol=tol,
        max_iter=5000,
    )  # fmt: skip
    return model.fit(X, y).coef_.ravel()


def sklearn_path(X: Any, y: Any, lams: Any, tol: float) -> Any:
    from sklearn.linear_model import lasso_path

    return lasso_path(X, y, alphas=lams, tol=tol, max_iter=LONG)[1].T


def celer_lasso_path(X: Any, y: Any, lams: Any, tol: float) -> Any:
    from celer import celer_path

    return celer_path(X, y, pb="lasso", alphas=lams, tol=tol, max_iter=200)[1].T


def skglm_path(X: Any, y: Any, lams: Any, tol: float) -> Any:
    from skglm.datafits import Quadratic
    from skglm.penalties import L1
    from skglm.solvers import AndersonCD
    from skglm.utils.jit_compilation import compiled_clone

    solver = AndersonCD(tol=tol, max_iter=200, max_epochs=LONG, fit_intercept=False)
    fit, penalty = compiled_clone(Quadratic()), compiled_clone(L1(lams[0]))
    return solver.path(X, y, fit, penalty, alphas=lams, w_init=np.zeros(X.shape[1]))[1].T


def adelie_path(X: Any, y: Any, lams: Any, tol: float) -> Any:
    import adelie as ad

    state = ad.grpnet(
        ad.matrix.dense(X, method="naive"), ad.glm.gaussian(y), lmda_path=lams, intercept=False,
        early_exit=False, tol=tol, progress_bar=False, max_iters=10**8,
    )  # fmt: skip
    return np.asarray(state.betas.todense())


PATHS = {
    "scikit-learn": sklearn_path,
    "celer": celer_lasso_path,
    "skglm": skglm_path,
    "adelie": adelie_path,
}
