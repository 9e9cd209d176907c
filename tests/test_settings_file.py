"""Settings are read strictly, and one layer is laid over another key by key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itt.settings_file import Mistake, merge, parse

keys = st.sampled_from(["a", "b", "c"])
leaves = st.integers() | st.none() | st.lists(st.integers(), max_size=2)
layers = st.dictionaries(keys, st.recursive(leaves, lambda inner: st.dictionaries(keys, inner, max_size=3)), max_size=3)


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", "yes"), ("1e-3", 0.001), ("010", 10), ("null", None), ("[1, 2]", [1, 2]), ("true", True)],
)
def test_values_are_those_of_yaml_1_2(text, value):
    assert parse(text, "") == value


def test_a_fault_in_yaml_is_told_with_its_place():
    with pytest.raises(Mistake, match=r"^here: line 2, column 1: found duplicate key"):
        parse("a: 1\na: 2\n", "here")


@given(layers)
def test_an_empty_layer_changes_nothing_above_or_below(layer):
    assert merge(layer, {}, "") == layer == merge({}, layer, "")


@given(layers)
def test_a_layer_laid_twice_is_laid_once(layer):
    assert merge(layer, layer, "") == layer


def values(layer, path=()):
    """Every value of a layer that is no mapping, with its path."""
    for key, value in layer.items():
        if isinstance(value, dict):
            yield from values(value, (*path, key))
        else:
            yield (*path, key), value


@given(layers, layers)
def test_every_value_of_the_upper_layer_stands(below, above):
    merged = dict(values(merge(below, above, "")))
    assert all(merged[path] == value for path, value in values(above))


@given(layers, layers)
def test_neither_layer_is_changed(below, above):
    before = repr((below, above))
    merge(below, above, "")
    assert repr((below, above)) == before


def test_keys_that_the_upper_layer_does_not_name_stay():
    assert merge({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 9}}, "") == {"a": {"b": 9, "c": 2}, "d": 3}


def test_a_section_with_another_name_starts_anew():
    below = {"search": {"name": "dfo", "rounds": 3}}
    assert merge(below, {"search": {"name": "exact"}}, "") == {"search": {"name": "exact"}}
    assert merge(below, {"search": {"name": "dfo", "std": 1}}, "") == {"search": {"name": "dfo", "rounds": 3, "std": 1}}


def test_a_layer_that_is_no_mapping_is_refused_by_its_name():
    with pytest.raises(Mistake, match=r"^defaults: a mapping is wanted here, not 5$"):
        merge({}, 5, "defaults")
