from __future__ import annotations

import pytest

from tests.cluster.demo import Surroundings, choose
from tests.cluster.errors import ClusterError

LACK = "The local cluster needs Linux (this is darwin)."


@pytest.mark.parametrize(
    "context", ["kind-k8s-replay", "k3d-x", "minikube", "docker-desktop", "k8s-replay-local"]
)
def test_a_local_context_that_answers_comes_first(context: str) -> None:
    assert choose(Surroundings(context, kind_works=True, lack=None)) == "context"


@pytest.mark.parametrize("context", [None, "eks-team", "kind"])
def test_any_other_context_is_left_alone(context: str | None) -> None:
    assert choose(Surroundings(context, kind_works=True, lack=None)) == "kind"
    assert choose(Surroundings(context, kind_works=False, lack=None)) == "local"
    assert choose(Surroundings(context, kind_works=True, lack=LACK)) == "kind"


def test_where_there_is_none_the_user_is_told_what_to_start() -> None:
    with pytest.raises(ClusterError) as caught:
        choose(Surroundings("eks-team", kind_works=False, lack=LACK))
    assert str(caught.value) == (
        "There is no cluster for the demo. Start one of your own (kind, k3d, minikube, Docker Desktop) and "
        "make its context the current one, or install kind and start Docker. "
        "The local cluster needs Linux (this is darwin)."
    )
