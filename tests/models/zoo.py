"""Models of scikit-learn as skl2onnx converts them, with what the library itself answers.

`classifiers()`, `unusual()` and `regressors()` are lists of recipes. A recipe is trained only when
it is asked.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from skl2onnx import to_onnx
from sklearn import (
    calibration,
    cross_decomposition,
    discriminant_analysis,
    ensemble,
    gaussian_process,
    linear_model,
    multiclass,
    multioutput,
    naive_bayes,
    neighbors,
    neural_network,
    pipeline,
    preprocessing,
    svm,
    tree,
)
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression

OPSETS = {"": 17, "ai.onnx.ml": 3}
ROWS = 5  # that are asked
ZIPMAPS: tuple[Any, ...] = (True, False, "columns")

# What the classes are called, for 2 and for 3 of them.
SCHEMES: dict[str, list[Any]] = {
    "from 0": [0, 1, 2],
    "from 1": [1, 2, 3],
    "gaps": [3, 7, 20],
    "negative": [-1, 1, 5],
    "large": [100_000, 200_000, 1_000_000],
    "strings": ["no", "perhaps", "yes"],
}


@dataclass(frozen=True)
class Trained:
    """A model and the answers of its library to `rows`."""

    name: str
    bytes: bytes
    rows: list[list[float]]
    labels: list[Any] = field(default_factory=list)  # classes_, empty for a regressor
    predictions: list[Any] = field(default_factory=list)
    probabilities: list[list[float]] | None = None  # [row][class]
    scores: list[list[float]] | None = None  # decision_function as [row][class]
    task: str = "classification"


class NotConverted(Exception):
    """The library or the converter does not make such a model."""


def some_rows(features: Any) -> list[list[float]]:
    return [[float(value) for value in row] for row in features[:ROWS]]


def python_value(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def train_classifier(
    make: Callable[[], Any], kind: str, scheme: str, zipmap: Any, classes: int
) -> Trained:
    features, codes = make_classification(
        n_samples=120,
        n_features=4,
        n_informative=4,
        n_redundant=0,
        n_classes=classes,
        n_clusters_per_class=1,
        class_sep=1.5,
        random_state=3,
    )
    features = features.astype(np.float32)
    if "NB" in kind and "Gaussian" not in kind:
        features = np.round(np.abs(features)).astype(np.float32)
    targets = np.array(SCHEMES[scheme])[codes]
    model = make()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model.fit(features, targets)
            options = {id(model): {"zipmap": zipmap}}
            if isinstance(model, svm.LinearSVC):
                options = {}
            onnx = to_onnx(model, features[:1], options=options, target_opset=OPSETS)
        except Exception as problem:
            raise NotConverted(str(problem).partition("\n")[0]) from problem
        probabilities = scores = None
        if hasattr(model, "predict_proba"):
            probabilities = model.predict_proba(features[:ROWS]).tolist()
        if hasattr(model, "decision_function"):
            decided = model.decision_function(features[:ROWS])
            pairs = np.stack([-decided, decided], axis=1) if decided.ndim == 1 else decided
            if pairs.shape[1] == len(model.classes_):
                scores = pairs.tolist()
        return Trained(
            name=f"{kind}, {classes} classes, {scheme}, zipmap {zipmap}",
            bytes=onnx.SerializeToString(),
            rows=some_rows(features),
            labels=[python_value(label) for label in model.classes_],
            predictions=[python_value(label) for label in model.predict(features[:ROWS])],
            probabilities=probabilities,
            scores=scores,
        )


def train_regressor(make: Callable[[], Any], kind: str) -> Trained:
    features, targets = make_regression(n_samples=80, n_features=4, noise=1, random_state=3)
    features = features.astype(np.float32)
    targets = np.abs(targets) / 50 + 0.5  # positive, for the models of counts and durations
    model = make()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model.fit(features, targets)
            onnx = to_onnx(model, features[:1], target_opset=OPSETS)
        except Exception as problem:
            raise NotConverted(str(problem).partition("\n")[0]) from problem
        predictions = np.asarray(model.predict(features[:ROWS])).reshape(-1)
    return Trained(
        name=kind,
        bytes=onnx.SerializeToString(),
        rows=some_rows(features),
        predictions=[float(value) for value in predictions],
        task="regression",
    )


def logistic() -> Any:
    return linear_model.LogisticRegression()


CLASSIFIERS: dict[str, Callable[[], Any]] = {
    "LogisticRegression": logistic,
    "LogisticRegressionCV": lambda: linear_model.LogisticRegressionCV(Cs=2, cv=2),
    "SGD hinge": lambda: linear_model.SGDClassifier(random_state=0),
    "SGD log": lambda: linear_model.SGDClassifier(loss="log_loss", random_state=0),
    "SGD huber": lambda: linear_model.SGDClassifier(loss="modified_huber", random_state=0),
    "Perceptron": lambda: linear_model.Perceptron(random_state=0),
    "PassiveAggressive": lambda: linear_model.PassiveAggressiveClassifier(random_state=0),
    "RidgeClassifier": linear_model.RidgeClassifier,
    "RidgeClassifierCV": linear_model.RidgeClassifierCV,
    "LinearSVC": lambda: svm.LinearSVC(random_state=0),
    "SVC": svm.SVC,
    "SVC probability": lambda: svm.SVC(probability=True, random_state=0),
    "NuSVC": lambda: svm.NuSVC(nu=0.2),
    "GaussianNB": naive_bayes.GaussianNB,
    "BernoulliNB": naive_bayes.BernoulliNB,
    "MultinomialNB": naive_bayes.MultinomialNB,
    "ComplementNB": naive_bayes.ComplementNB,
    "CategoricalNB": lambda: naive_bayes.CategoricalNB(min_categories=12),
    "KNeighbors": lambda: neighbors.KNeighborsClassifier(3),
    "RadiusNeighbors": lambda: neighbors.RadiusNeighborsClassifier(radius=8),
    "MLP": lambda: neural_network.MLPClassifier((6,), max_iter=300, random_state=0),
    "DecisionTree": lambda: tree.DecisionTreeClassifier(max_depth=3, random_state=0),
    "ExtraTree": lambda: tree.ExtraTreeClassifier(max_depth=3, random_state=0),
    "RandomForest": lambda: ensemble.RandomForestClassifier(4, max_depth=3, random_state=0),
    "ExtraTrees": lambda: ensemble.ExtraTreesClassifier(4, max_depth=3, random_state=0),
    "GradientBoosting": lambda: ensemble.GradientBoostingClassifier(n_estimators=3, random_state=0),
    "HistGradientBoosting": lambda: ensemble.HistGradientBoostingClassifier(max_iter=3),
    "AdaBoost": lambda: ensemble.AdaBoostClassifier(n_estimators=3, random_state=0),
    "Bagging": lambda: ensemble.BaggingClassifier(logistic(), n_estimators=3, random_state=0),
    "Stacking": lambda: ensemble.StackingClassifier(
        [("a", logistic()), ("b", naive_bayes.GaussianNB())], cv=2
    ),
    "Voting hard": lambda: ensemble.VotingClassifier(
        [("a", logistic()), ("b", naive_bayes.GaussianNB())], flatten_transform=False
    ),
    "Voting soft": lambda: ensemble.VotingClassifier(
        [("a", logistic()), ("b", naive_bayes.GaussianNB())],
        voting="soft",
        flatten_transform=False,
    ),
    "Calibrated": lambda: calibration.CalibratedClassifierCV(logistic(), cv=2),
    "LDA": discriminant_analysis.LinearDiscriminantAnalysis,
    "QDA": discriminant_analysis.QuadraticDiscriminantAnalysis,
    "OneVsRest": lambda: multiclass.OneVsRestClassifier(logistic()),
    "OneVsOne": lambda: multiclass.OneVsOneClassifier(logistic()),
    "GaussianProcess": lambda: gaussian_process.GaussianProcessClassifier(random_state=0),
    "Pipeline": lambda: pipeline.make_pipeline(preprocessing.StandardScaler(), logistic()),
}

REGRESSORS: dict[str, Callable[[], Any]] = {
    "LinearRegression": linear_model.LinearRegression,
    "Ridge": linear_model.Ridge,
    "RidgeCV": linear_model.RidgeCV,
    "Lasso": lambda: linear_model.Lasso(0.01),
    "LassoLars": lambda: linear_model.LassoLars(0.01),
    "ElasticNet": lambda: linear_model.ElasticNet(0.01),
    "Lars": linear_model.Lars,
    "BayesianRidge": linear_model.BayesianRidge,
    "ARDRegression": linear_model.ARDRegression,
    "HuberRegressor": linear_model.HuberRegressor,
    "TheilSen": lambda: linear_model.TheilSenRegressor(random_state=0),
    "RANSAC": lambda: linear_model.RANSACRegressor(random_state=0),
    "OrthogonalMatchingPursuit": linear_model.OrthogonalMatchingPursuit,
    "SGDRegressor": lambda: linear_model.SGDRegressor(random_state=0),
    "PassiveAggressiveRegressor": lambda: linear_model.PassiveAggressiveRegressor(random_state=0),
    "PoissonRegressor": linear_model.PoissonRegressor,
    "GammaRegressor": linear_model.GammaRegressor,
    "TweedieRegressor": linear_model.TweedieRegressor,
    "QuantileRegressor": lambda: linear_model.QuantileRegressor(alpha=0.01),
    "SVR": svm.SVR,
    "LinearSVR": lambda: svm.LinearSVR(random_state=0),
    "NuSVR": svm.NuSVR,
    "KNeighborsRegressor": lambda: neighbors.KNeighborsRegressor(3),
    "RadiusNeighborsRegressor": lambda: neighbors.RadiusNeighborsRegressor(radius=8),
    "MLPRegressor": lambda: neural_network.MLPRegressor(
        hidden_layer_sizes=(6,), max_iter=300, random_state=0
    ),
    "DecisionTreeRegressor": lambda: tree.DecisionTreeRegressor(max_depth=3),
    "ExtraTreeRegressor": lambda: tree.ExtraTreeRegressor(max_depth=3, random_state=0),
    "RandomForestRegressor": lambda: ensemble.RandomForestRegressor(4, max_depth=3, random_state=0),
    "ExtraTreesRegressor": lambda: ensemble.ExtraTreesRegressor(4, max_depth=3, random_state=0),
    "GradientBoostingRegressor": lambda: ensemble.GradientBoostingRegressor(n_estimators=3),
    "HistGradientBoostingRegressor": lambda: ensemble.HistGradientBoostingRegressor(max_iter=3),
    "AdaBoostRegressor": lambda: ensemble.AdaBoostRegressor(n_estimators=3, random_state=0),
    "BaggingRegressor": lambda: ensemble.BaggingRegressor(
        linear_model.Ridge(), n_estimators=3, random_state=0
    ),
    "StackingRegressor": lambda: ensemble.StackingRegressor(
        [("a", linear_model.Ridge()), ("b", tree.DecisionTreeRegressor(max_depth=2))], cv=2
    ),
    "VotingRegressor": lambda: ensemble.VotingRegressor(
        [("a", linear_model.Ridge()), ("b", tree.DecisionTreeRegressor(max_depth=2))]
    ),
    "GaussianProcessRegressor": gaussian_process.GaussianProcessRegressor,
    "PLSRegression": lambda: cross_decomposition.PLSRegression(2),
    "MultiOutputRegressor": lambda: multioutput.MultiOutputRegressor(linear_model.Ridge()),
}

Recipe = tuple[str, Callable[[], Trained]]


def classifiers(every: bool) -> Iterator[Recipe]:
    """All combinations, or three of each classifier so that each scheme and zipmap comes often."""
    schemes = list(SCHEMES)
    turn = 0
    for kind, make in CLASSIFIERS.items():
        chosen = [
            (scheme, zipmap, classes)
            for scheme in schemes
            for zipmap in ZIPMAPS
            for classes in (2, 3)
        ]
        if not every:
            chosen = [
                (schemes[(turn + i) % len(schemes)], ZIPMAPS[i % 3], 2 + (turn + i) % 2)
                for i in range(3)
            ]
            turn += 1 + (turn % 3 == 2)
        for scheme, zipmap, classes in chosen:
            yield (
                f"{kind}, {classes} classes, {scheme}, zipmap {zipmap}",
                functools.partial(train_classifier, make, kind, scheme, zipmap, classes),
            )


def answers_of(name: str, untrained: Any, features: Any, targets: Any, zipmap: Any) -> Trained:
    """A classifier of an unusual number of classes."""
    model = clone(untrained).fit(features, targets)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            options = {id(model): {"zipmap": zipmap}}
            onnx = to_onnx(model, features[:1], options=options, target_opset=OPSETS)
        except Exception as problem:
            raise NotConverted(str(problem).partition("\n")[0]) from problem
    return Trained(
        name=name,
        bytes=onnx.SerializeToString(),
        rows=some_rows(features),
        labels=model.classes_.tolist(),
        predictions=model.predict(features[:ROWS]).tolist(),
        probabilities=model.predict_proba(features[:ROWS]).tolist(),
    )


def unusual() -> Iterator[Recipe]:
    """One class, and many."""
    features = np.random.default_rng(0).normal(size=(400, 4)).astype(np.float32)
    for count, labels in ((1, ["ok"]), (1, [7]), (200, [3 * i - 100 for i in range(200)])):
        targets = np.array(labels)[np.arange(len(features)) % count]
        for kind, model in (
            ("GaussianNB", naive_bayes.GaussianNB()),
            ("DecisionTree", tree.DecisionTreeClassifier(max_depth=9, random_state=0)),
            ("KNeighbors", neighbors.KNeighborsClassifier(3)),
        ):
            for zipmap in ZIPMAPS:
                name = f"{kind}, {count} classes from {labels[0]}, zipmap {zipmap}"
                yield (
                    name,
                    functools.partial(answers_of, name, model, features, targets, zipmap),
                )


def regressors() -> Iterator[Recipe]:
    for kind, make in REGRESSORS.items():
        yield kind, functools.partial(train_regressor, make, kind)
