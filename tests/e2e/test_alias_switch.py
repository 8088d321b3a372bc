"""A promotion or a rollback by another process, under load: no request fails, none is mixed."""

from __future__ import annotations

import time

from harness import EXAMPLES, Reference, Registry, Server
from load import Load
from wire import Answer, post

ROWS = 4


def requests(reference: Reference) -> list[bytes]:
    return [post("/api/v2/predict", {"instances": reference.features[:ROWS]})]


class Judge:
    """Says which version an answer is from; fails if its numbers are another version's."""

    def __init__(self, **versions: Reference) -> None:
        self._expected = {
            "1.0.0": versions["first"].probabilities,
            "1.1.0": versions["second"].probabilities,
        }

    def __call__(self, _: int, answer: Answer) -> str:
        assert answer.status == 200, answer
        document = answer.json()
        expected = self._expected[document["version"]]
        assert expected is not None
        for row, right in zip(document["predictions"], expected[:ROWS], strict=True):
            got = list(row["probabilities"].values())
            assert all(abs(a - b) < 1e-5 for a, b in zip(got, right, strict=True)), (
                f"{document['version']} answered {got}, not {right}"
            )
        return str(document["version"])


def test_promote_and_rollback_reach_a_server_under_load(
    registry: Registry, cancer: Reference, cancer_v2: Reference
) -> None:
    registry.release("cancer")
    registry.release("cancer", "staging", "model-v2.onnx")
    expected = [p for r in (cancer, cancer_v2) for p in (r.probabilities or [])[:1]]
    assert abs(expected[0][0] - expected[1][0]) > 1e-4, "the versions must be told apart"
    with Server(registry) as server:
        judge = Judge(first=cancer, second=cancer_v2)
        with Load(server.address, requests(cancer), judge, connections=24) as load:
            load.wait_for_answers(50)
            assert load.kinds.keys() == {"1.0.0"}
            for _ in range(3):
                for words, version in (
                    (("promote", "cancer@1.1.0", "--to", "production"), "1.1.0"),
                    (("rollback", "cancer"), "1.0.0"),
                ):
                    registry.run(*words)
                    moved = time.monotonic()
                    load.wait_for(version)
                    # A second is promised; a machine under load gets some more.
                    assert time.monotonic() - moved < 5
                    load.wait_for_answers(50)
        assert load.lost == load.refused == 0
        assert load.kinds.keys() == {"1.0.0", "1.1.0"}
        moves = registry.json("history", "cancer", "--alias", "production")["moves"]
        assert [move["verb"] for move in moves] == ["rollback", "promote"] * 3 + ["promote"]


def test_after_the_switch_no_request_is_answered_by_the_old_version(
    registry: Registry, cancer: Reference, cancer_v2: Reference
) -> None:
    registry.release("cancer")
    registry.release("cancer", "staging", "model-v2.onnx")
    with Server(registry) as server:
        judge = Judge(first=cancer, second=cancer_v2)
        with Load(server.address, requests(cancer), judge) as load:
            load.wait_for_answers(20)
            registry.run("promote", "cancer@1.1.0", "--to", "production")
            load.wait_for("1.1.0")
            # Each reactor looks at the new routes at once: what is asked after that is new.
            load.wait_for_answers(100)
            old = load.kinds["1.0.0"]
            load.wait_for_answers(200)
            assert load.kinds["1.0.0"] == old


def test_a_promotion_through_the_server_is_in_force_when_it_is_answered(
    registry: Registry, cancer: Reference
) -> None:
    registry.release("cancer")
    registry.release("cancer", "staging", "model-v2.onnx")
    with Server(registry) as server:
        row = ["--features", str(cancer.features[0])]
        for ref, version in (("cancer@1.1.0", "1.1.0"), ("cancer@1.0.0", "1.0.0")):
            # The rule of production wants a comparison with what it serves, which has changed.
            data = EXAMPLES / "cancer" / "test.csv"
            registry.run("validate", ref, "--data", data, "--target", "target")
            registry.run("promote", ref, "--to", "production", "--server", server.url)
            answer = registry.json("predict", "cancer", *row, "--server", server.url)
            assert answer["version"] == version
