"""The guard's verdict on every kind of name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubectl_replay.guard import Names, Verdict, is_local, judge

PASSED = Verdict(allowed=True)
LOCAL_SERVER = "https://127.0.0.1:6443"


def names(context: str, cluster: str = "", server: str = LOCAL_SERVER) -> Names:
    return Names(context, cluster, server)


def refused(sentence: str, next_step: str, notice: str = "") -> Verdict:
    return Verdict(allowed=False, sentence=sentence, next_step=next_step, notice=notice)


def not_named(context: str) -> str:
    return f'context "{context}" is not a local cluster\'s and was not named'


def passed_loudly(notice: str) -> Verdict:
    return Verdict(allowed=True, notice=notice)


@pytest.mark.parametrize(
    ("context", "word"),
    [
        ("prod", "prod"),
        ("PROD", "PROD"),
        ("Prod", "Prod"),
        ("prod2", "prod"),
        ("prod-01", "prod"),
        ("acme-prod", "prod"),
        ("acme_prod_eu", "prod"),
        ("acme.prod.eu", "prod"),
        ("myProdCluster", "Prod"),
        ("my2Prod", "my2Prod"),
        ("EKSProd", "EKSProd"),
        ("EKSProdEast", "EKSProd"),
        ("preprod", "preprod"),
        ("pre-prod", "prod"),
        ("nonprod", "nonprod"),
        ("non-prod", "prod"),
        ("staging-prod", "prod"),
        ("prodeast", "prodeast"),
        ("prod2a", "prod2a"),
        ("2prod", "2prod"),
        ("produkt", "produkt"),
        ("prd", "prd"),
        ("eks-prd1", "prd"),
        ("acmeprdeu", "acmeprdeu"),
        ("production", "production"),
        ("eu-production-2", "production"),
        ("preproduction", "preproduction"),
        ("myproductionbox", "myproductionbox"),
        ("productions", "productions"),
        ("acmeProduction", "Production"),
        ("live", "live"),
        ("live2", "live"),
        ("shop-live-eu", "live"),
        ("shopLive", "Live"),
        ("pROD", "pROD"),
        ("lIVE", "lIVE"),
        ("acmeProDuction", "acmeProDuction"),
        ("pRODUCTIONaProduct", "pRODUCTIONaProduct"),
        ("kind-prod", "prod"),
        ("k3d-live", "live"),
        ("product-prod", "prod"),
        ("reproduction-production", "production"),
        ("arn:aws:eks:eu-west-1:123456789012:cluster/acme-prod", "prod"),
        ("gke_acme-production_europe-west1-b_main", "production"),
        ("acme-aks-prd-weu", "prd"),
        ("admin@prod.k8s.local", "prod"),
        ("prod-bücher", "prod"),
    ],
)
def test_a_context_with_a_refused_word_is_refused_even_when_it_is_named(context: str, word: str) -> None:
    quoted = f"'{context}'" if re.search(r"[^\w@%+=:,./-]", context, re.ASCII) else context
    assert judge(names(context), chosen=context, environ={}) == refused(
        f'context "{context}" has the word "{word}", so it may be in production',
        f"if it is a test cluster, set REPLAY_ALLOW_CONTEXT={quoted}",
    )


@pytest.mark.parametrize(
    "context",
    [
        "minikube",
        "docker-desktop",
        "colima",
        "colima-work",
        "rancher-desktop",
        "orbstack",
        "microk8s",
        "k8s-replay-local",
        "kind-k8s-replay",
        "kind-delivery-dev",
        "k3d-demo",
        "kind-olive",
        "kind-reproduce",
        "kind-reproducer",
        "kind-product-catalogue",
        "kind-productCatalogue",
        "kind-alive",
        "kind-liveness",
        "kind-byproduct",
        "kind-product",
        "kind-products",
        "kind-productive",
        "kind-productivity",
        "kind-producer",
        "kind-producers",
        "kind-produce",
        "kind-produces",
        "kind-produced",
        "kind-prodigy",
        "kind-reproduction",
        "kind-reproductions",
        "kind-Product2",
        "kind-myReproductionLab",
        "kind-bumpRdsCluster",
    ],
)
def test_a_local_context_passes_silently(context: str) -> None:
    assert judge(names(context), chosen=None, environ={}) == PASSED


NOT_LOCAL = [
    "dev",
    "kind-",
    "k3d-",
    "Kind-k8s-replay",
    "minikube2",
    "my-minikube",
    "orbstack-2",
    "docker-desktop-2",
    "kubernetes-admin@kubernetes",
    "in-cluster",
    "default",
    "arn:aws:eks:eu-west-1:123456789012:cluster/sandbox",
    "gke_acme-dev_europe-west1-b_main",
    "acme-aks-test",
    "delivery",
    "olive",
]


@pytest.mark.parametrize("context", NOT_LOCAL)
def test_any_other_context_must_be_named(context: str) -> None:
    assert judge(names(context), chosen=None, environ={}) == refused(
        not_named(context),
        f"if it is a test cluster, add --context {context}",
    )


@pytest.mark.parametrize("context", NOT_LOCAL)
def test_any_other_context_passes_silently_when_the_flag_names_it(context: str) -> None:
    assert judge(names(context), chosen=context, environ={}) == PASSED


@pytest.mark.parametrize("context", NOT_LOCAL)
def test_any_other_context_passes_when_the_variable_names_it(context: str) -> None:
    assert judge(
        names(context), chosen=None, environ={"REPLAY_ALLOW_CONTEXT": f"a, {context} ,b"}
    ) == passed_loudly(f"REPLAY_ALLOW_CONTEXT lets this pass: {not_named(context)}")


def test_the_flag_must_name_exactly_this_context() -> None:
    assert not judge(names("dev"), chosen="dev2", environ={}).allowed


@pytest.mark.parametrize(
    "listed", ["dev", "acme", "acme-prod2", "ACME-PROD", "acme-prod*", "acme;acme-prod", "", ","]
)
def test_the_variable_must_name_exactly_this_context(listed: str) -> None:
    verdict = judge(names("acme-prod"), chosen=None, environ={"REPLAY_ALLOW_CONTEXT": listed})
    assert verdict == refused(
        'context "acme-prod" has the word "prod", so it may be in production',
        "if it is a test cluster, set REPLAY_ALLOW_CONTEXT=acme-prod",
    )


@pytest.mark.parametrize(
    ("cluster", "server", "sentence"),
    [
        ("acme-prod", LOCAL_SERVER, 'cluster "acme-prod" has the word "prod"'),
        ("gke_acme-live_eu_main", LOCAL_SERVER, 'cluster "gke_acme-live_eu_main" has the word "live"'),
        ("x", "https://api.prod.example:6443", 'server host "api.prod.example" has the word "prod"'),
        ("x", "https://myProdCluster.example", 'server host "myProdCluster.example" has the word "Prod"'),
        ("x", "https://user:word@live.example/path", 'server host "live.example" has the word "live"'),
        ("x", "https://acme-prd-dns-1a.hcp.weu.azmk8s.io:443",
         'server host "acme-prd-dns-1a.hcp.weu.azmk8s.io" has the word "prd"'),
        ("x", "prod.example:6443", 'server host "prod.example:6443" has the word "prod"'),
        ("x", "https://[prod", 'server host "https://[prod" has the word "prod"'),
    ],
)  # fmt: skip
def test_cluster_name_and_server_host_are_judged_too(cluster: str, server: str, sentence: str) -> None:
    assert judge(Names("kind-dev", cluster, server), chosen="kind-dev", environ={}) == refused(
        f"{sentence}, so it may be in production",
        "if it is a test cluster, set REPLAY_ALLOW_CONTEXT=kind-dev",
    )


@pytest.mark.parametrize(
    "server",
    [
        "https://example.test/k8s/clusters/prod",
        "https://prod@example.test",
        "https://example.test?x=prod",
        "https://10.96.0.1:443",
        "https://[fd00::1]:6443",
        "",
    ],
)
def test_only_the_host_of_the_server_is_judged(server: str) -> None:
    assert judge(Names("kind-dev", "kind-dev", server), chosen=None, environ={}) == PASSED


def test_the_context_is_judged_before_cluster_and_server() -> None:
    verdict = judge(Names("a-prod", "b-live", "https://prd.example"), chosen=None, environ={})
    assert verdict.sentence == 'context "a-prod" has the word "prod", so it may be in production'


def test_a_variable_that_names_the_context_passes_a_refused_word_with_one_loud_line() -> None:
    verdict = judge(names("acme-prod"), chosen=None, environ={"REPLAY_ALLOW_CONTEXT": "acme-prod"})
    assert verdict == passed_loudly(
        "REPLAY_ALLOW_CONTEXT lets this pass: "
        'context "acme-prod" has the word "prod", so it may be in production'
    )


@pytest.mark.parametrize("context", ["acme-prod", "kind-prod"])
def test_any_cluster_passes_a_refused_word_louder(context: str) -> None:
    verdict = judge(names(context), chosen=None, environ={"REPLAY_ALLOW_ANY_CLUSTER": "true"})
    assert verdict == passed_loudly(
        "WARNING: REPLAY_ALLOW_ANY_CLUSTER switches the guard off: "
        f'context "{context}" has the word "prod", so it may be in production'
    )


def test_any_cluster_passes_a_context_that_is_not_local() -> None:
    verdict = judge(names("dev"), chosen=None, environ={"REPLAY_ALLOW_ANY_CLUSTER": "1"})
    assert verdict == passed_loudly(
        f"WARNING: REPLAY_ALLOW_ANY_CLUSTER switches the guard off: {not_named('dev')}"
    )


def test_the_narrower_variable_speaks_where_both_would_let_pass() -> None:
    environ = {"REPLAY_ALLOW_ANY_CLUSTER": "1", "REPLAY_ALLOW_CONTEXT": "acme-prod"}
    notice = judge(names("acme-prod"), chosen=None, environ=environ).notice
    assert notice.startswith("REPLAY_ALLOW_CONTEXT lets this pass: ")


def test_an_allow_variable_that_was_not_needed_says_nothing() -> None:
    environ = {"REPLAY_ALLOW_ANY_CLUSTER": "1", "REPLAY_ALLOW_CONTEXT": "kind-dev"}
    assert judge(names("kind-dev"), chosen=None, environ=environ) == PASSED


IGNORED = (
    "REPLAY_ALLOW_ANY_CLUSTER='maybe' is ignored: on is 1, true, yes, on; off is 0, false, no, off or empty"
)


def test_any_other_word_in_the_any_cluster_variable_allows_nothing_and_says_so() -> None:
    verdict = judge(names("dev"), chosen=None, environ={"REPLAY_ALLOW_ANY_CLUSTER": "maybe"})
    assert verdict == refused(
        not_named("dev"),
        "if it is a test cluster, add --context dev",
        IGNORED,
    )


def test_the_ignored_word_is_told_where_the_cluster_passes_anyway() -> None:
    verdict = judge(names("kind-dev"), chosen=None, environ={"REPLAY_ALLOW_ANY_CLUSTER": "maybe"})
    assert verdict == passed_loudly(IGNORED)


def test_the_ignored_word_is_told_beside_the_loud_line() -> None:
    environ = {"REPLAY_ALLOW_ANY_CLUSTER": "maybe", "REPLAY_ALLOW_CONTEXT": "dev"}
    assert judge(names("dev"), chosen=None, environ=environ) == passed_loudly(
        'REPLAY_ALLOW_CONTEXT lets this pass: context "dev" is not a local cluster\'s and was not named\n'
        + IGNORED
    )


@pytest.mark.parametrize("context", ["", " ", "\t"])
def test_a_context_without_a_name_never_passes(context: str) -> None:
    environ = {"REPLAY_ALLOW_ANY_CLUSTER": "true", "REPLAY_ALLOW_CONTEXT": f"{context},"}
    assert judge(names(context), chosen=context, environ=environ) == refused(
        "the context has no name", "name one with --context"
    )


@pytest.mark.parametrize(
    ("context", "next_step"),
    [
        ("my prod", "set REPLAY_ALLOW_CONTEXT='my prod'"),
        ("a,prod", "rename its context: REPLAY_ALLOW_CONTEXT cannot carry this name"),
        (" prod", "rename its context: REPLAY_ALLOW_CONTEXT cannot carry this name"),
        ("prod\x1b[2J", "rename its context to something that can be typed"),
        ("my dev", "add --context 'my dev'"),
        ("dev\x1b[2J", "rename its context to something that can be typed"),
    ],
)
def test_the_next_step_can_be_pasted(context: str, next_step: str) -> None:
    assert judge(names(context), chosen=None, environ={}).next_step == f"if it is a test cluster, {next_step}"


def test_control_characters_of_a_name_are_not_printed() -> None:
    sentence = judge(names("prod\x1b[2J"), chosen=None, environ={}).sentence
    assert sentence == 'context "prod\\x1b[2J" has the word "prod", so it may be in production'


TEXT = st.text() | st.text(alphabet="prodPRODlivek-_.:/@[] 1\n", max_size=30)


ENVIRONMENT = st.fixed_dictionaries({"REPLAY_ALLOW_CONTEXT": TEXT, "REPLAY_ALLOW_ANY_CLUSTER": TEXT})


@settings(deadline=None)  # the machine may be busy
@given(st.builds(Names, TEXT, TEXT, TEXT), st.none() | TEXT, ENVIRONMENT)
def test_no_text_makes_the_guard_raise_or_refuse_without_words(
    judged: Names, chosen: str | None, environ: dict[str, str]
) -> None:
    verdict = judge(judged, chosen=chosen, environ=environ)
    assert verdict.allowed == (not verdict.sentence) == (not verdict.next_step)


# Without an e no "reproduction", which is exempt, can come about.
PRODUCTION = st.sampled_from(["production", "Production", "PRODUCTION", "pRoDuCtIoN"])
AROUND = st.text(alphabet=st.characters(exclude_characters="eE"))


@settings(deadline=None)  # the machine may be busy
@given(AROUND, PRODUCTION, st.text(), st.sampled_from(["", "kind-", "k3d-"]))
def test_no_name_with_production_in_it_passes_without_a_variable(
    before: str, word: str, after: str, local: str
) -> None:
    context = f"{local}{before}{word}{after}"
    assert not judge(names(context), chosen=context, environ={}).allowed


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.sampled_from(["prod", "prd", "live", "product", "olive", "dev", "eu", "nonprod"]), min_size=1)
)
def test_a_refusal_does_not_depend_on_case(words: list[str]) -> None:
    spellings = [str.lower, str.upper, str.title, str.swapcase]
    contexts = [spell("-".join(words)) for spell in spellings]
    verdicts = {judge(names(context), chosen=context, environ={}).allowed for context in contexts}
    assert len(verdicts) == 1


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_nothing_else_than_a_tool_name_is_local(context: str) -> None:
    tools = ("kind-", "k3d-", "colima", "minikube", "docker-", "rancher-", "orbstack", "microk8s", "k8s-")
    assert not is_local(context) or context.startswith(tools)
