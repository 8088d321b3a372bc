"""Bad requests beside good ones in the same batches: only the bad ones fail."""

from __future__ import annotations

from harness import Reference, Server
from load import Load
from wire import Answer, post, request


def test_bad_requests_never_fail_good_ones(town: Server, cancer: Reference) -> None:
    row = cancer.features[0]
    good = post("/predict", {"features": row})
    bad = [
        post("/predict", {"features": row[1:]}),
        post("/predict", {"features": ["x", *row[1:]]}),
        post("/api/v2/predict", [row, row[1:]]),
        request("POST", "/predict", b'{"features": ['),
        post("/v2/models/cancer/infer", {
            "inputs": [{"name": "input", "shape": [1, 30], "datatype": "FP32", "data": [1]}]
        }),
    ]  # fmt: skip
    assert cancer.probabilities is not None
    expected = cancer.probabilities[0]

    def judge_good(_: int, answer: Answer) -> str:
        assert answer.status == 200, answer
        got = answer.json()["probability"]
        assert all(abs(a - b) < 1e-5 for a, b in zip(got, expected, strict=True)), got
        return "good"

    with (
        Load(town.address, [good], judge_good, connections=16) as rightly,
        Load(town.address, bad, connections=8) as wrongly,
    ):
        rightly.wait_for_answers(1500)
        wrongly.wait_for_answers(300)
    assert wrongly.kinds.keys() == {"400"}
    assert rightly.lost == wrongly.lost == 0


def test_a_model_that_fails_on_one_row_answers_the_others(town: Server, cancer: Reference) -> None:
    # NaN may come in by the tensor protocol only; it is computed, and the neighbours are not hit.
    rows = [cancer.features[0], cancer.features[1]]
    nan = request("POST", "/v2/models/cancer/infer", (
        b'{"inputs": [{"name": "input", "shape": [1, 30], "datatype": "FP32", "data": [NaN'
        + b",1" * 29 + b"]}]}"
    ))  # fmt: skip
    good = [post("/predict", {"features": row}) for row in rows]

    def judge(index: int, answer: Answer) -> str:
        assert answer.status == 200, answer
        if index == 0:
            assert b"NaN" in answer.body
            return "nan"
        assert cancer.probabilities is not None
        got = answer.json()["probability"]
        assert abs(got[0] - cancer.probabilities[index - 1][0]) < 1e-5
        return "number"

    with Load(town.address, [nan, *good], judge, connections=9) as load:
        load.wait_for_answers(600)
    assert load.kinds["nan"] and load.kinds["number"]
