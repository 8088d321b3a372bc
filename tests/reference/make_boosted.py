#!/usr/bin/env python3
"""Writes tests/testdata/boosted.json: models of XGBoost and LightGBM and what the libraries answer.

The libraries are too large for the test environment, so the file is committed and is not checked.
To write it anew: pip install xgboost==3.2.0 lightgbm==4.7.0 onnxmltools==1.16.0 scikit-learn==1.9.1
"""

from __future__ import annotations

import base64
import json
import warnings
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import xgboost
from onnxmltools.convert import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.datasets import make_classification

TARGET = Path(__file__).resolve().parents[2] / "tests" / "testdata" / "boosted.json"
INPUT = [("input", FloatTensorType([None, 4]))]
ROWS = 5


def entry(name: str, model: Any, onnx: Any, features: Any) -> dict[str, Any]:
    rows = features[:ROWS]
    answers: dict[str, Any] = {
        "name": name,
        "bytes": base64.b64encode(onnx.SerializeToString()).decode(),
        "rows": [[float(value) for value in row] for row in rows],
        "predictions": model.predict(rows).tolist(),
    }
    if hasattr(model, "predict_proba"):
        answers["labels"] = model.classes_.tolist()
        answers["probabilities"] = [[float(p) for p in row] for row in model.predict_proba(rows)]
    else:
        answers["task"] = "regression"
    return answers


def main() -> None:
    warnings.simplefilter("ignore")
    entries = []
    features, codes = make_classification(
        n_samples=200,
        n_features=4,
        n_informative=4,
        n_redundant=0,
        n_classes=3,
        n_clusters_per_class=1,
        random_state=0,
    )
    features = features.astype(np.float32)
    targets = {
        "three": codes,
        "two": (codes > 0).astype(int),
        "gaps": np.array([3, 7, 9])[codes],
        "negative": np.array([-1, 1])[(codes > 0).astype(int)],
        "strings": np.array(["no", "perhaps", "yes"])[codes],
    }
    for name in ("three", "two"):
        forest = xgboost.XGBClassifier(n_estimators=3, max_depth=2).fit(features, targets[name])
        onnx = convert_xgboost(forest, initial_types=INPUT)
        entries.append(entry(f"XGBoost, {name}", forest, onnx, features))
    for name, target in targets.items():
        for zipmap in (True, False):
            leaves = lightgbm.LGBMClassifier(n_estimators=3, max_depth=2, verbose=-1)
            leaves.fit(features, target)
            onnx = convert_lightgbm(leaves, initial_types=INPUT, zipmap=zipmap)
            entries.append(entry(f"LightGBM, {name}, zipmap {zipmap}", leaves, onnx, features))
    value = features[:, 0] + features[:, 1]
    tall = xgboost.XGBRegressor(n_estimators=3, max_depth=2).fit(features, value)
    onnx = convert_xgboost(tall, initial_types=INPUT)
    entries.append(entry("XGBoost value", tall, onnx, features))
    wide = lightgbm.LGBMRegressor(n_estimators=3, max_depth=2, verbose=-1).fit(features, value)
    onnx = convert_lightgbm(wide, initial_types=INPUT)
    entries.append(entry("LightGBM value", wide, onnx, features))
    TARGET.write_text(
        "[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in entries) + "\n]\n"
    )


if __name__ == "__main__":
    main()
