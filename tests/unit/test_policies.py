"""Policies and profiles: what an unknown name is told."""

import pytest

from infusion_asp.facts import Policies, load_policies
from infusion_asp.facts.policies import PolicyError
from infusion_asp.rulebook import shipped_logic


@pytest.fixture(scope="module")
def policies() -> Policies:
    return load_policies(shipped_logic())


def test_a_misspelt_policy(policies: Policies) -> None:
    with pytest.raises(PolicyError, match="unknown policy 'long_psh'") as caught:
        policies.in_effect(policies.profile("cpt"), {"long_psh": "push"})
    assert caught.value.help.startswith("did you mean 'long_push'? policies are: ")
    assert all(name in caught.value.help for name in policies.policies)


def test_a_misspelt_value(policies: Policies) -> None:
    with pytest.raises(PolicyError, match="policy long_push has no value 'pussh'") as caught:
        policies.in_effect(policies.profile("cpt"), {"long_push": "pussh"})
    assert caught.value.help == "did you mean 'push'? values of long_push are: push, infusion"


def test_a_misspelt_profile(policies: Policies) -> None:
    with pytest.raises(PolicyError, match="unknown profile 'medicare-facilty'") as caught:
        policies.profile("medicare-facilty")
    assert caught.value.help.startswith("did you mean 'medicare-facility'? profiles are: ")


def test_nothing_near_is_suggested(policies: Policies) -> None:
    with pytest.raises(PolicyError) as caught:
        policies.profile("x")
    assert caught.value.help.startswith("profiles are: ")


def test_the_first_value_is_the_default(policies: Policies) -> None:
    values = policies.in_effect(policies.profile("cpt"), {})
    assert values == {name: policy.values[0] for name, policy in policies.policies.items()}
    assert len(values) == 31


def test_order_of_choices(policies: Policies) -> None:
    medicare = policies.profile("medicare-facility")
    assert policies.in_effect(medicare, {})["ncci_modifiers"] == "on"
    assert policies.in_effect(medicare, {"ncci_modifiers": "off"})["ncci_modifiers"] == "off"
