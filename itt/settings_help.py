"""What can be set of a method's runs: every key with its default, what is allowed, and what it means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from itt.run import kind
from itt.settings_file import Layer

Node = Mapping[str, Any]


def settings(method: str, defaults: Layer) -> list[dict[str, str]]:
    """A row for each key of a method's settings: setting, default, allowed, meaning.

    Args:
        method: One of `itt.algorithms.METHODS`.
        defaults: Values that stand for those of the code, section by section, as a run's dump has them.
    """
    schema = kind(method).sections.model_json_schema()
    return list(_rows(schema, schema, "", defaults))


def _rows(node: Node, schema: Node, prefix: str, defaults: Any) -> Iterator[dict[str, str]]:
    for name, about in node["properties"].items():
        usual = about.get("default", {} if about.get("type") == "object" else None)
        usual = "required" if name in node.get("required", ()) else usual
        given = defaults.get(name, usual) if isinstance(defaults, Mapping) else usual
        members = [_target(one, schema) for one in about.get("oneOf", about.get("anyOf", [about]))]
        sections = [member for member in members if "properties" in member]
        named = [section for section in sections if "name" in section["properties"]]
        key = f"{prefix}{name}"
        if not sections:
            yield _row(key, given, about, members)
        elif not named or len(sections) == 1:
            if len(members) > len(sections):  # null, or a section
                yield _row(key, given and "set", about, members)
            yield from _rows(sections[0], schema, f"{key}.", given)
        else:
            chosen = given.get("name") if isinstance(given, Mapping) else None
            names = [value for one in named for value in _values(one["properties"]["name"])]
            yield _row(f"{key}.name", chosen, {**about, "enum": names}, [])
            for one in named:
                values = _values(one["properties"]["name"])
                rest = {**one, "properties": {k: v for k, v in one["properties"].items() if k != "name"}}
                yield from _rows(rest, schema, f"{key}({'|'.join(values)}).", given if chosen in values else {})


def _row(key: str, given: Any, about: Node, members: list[Node]) -> dict[str, str]:
    allowed = [_allowed(one) for one in (members or [about])]
    return {
        "setting": key,
        "default": given if isinstance(given, str) else json.dumps(given),
        "allowed": " or ".join(dict.fromkeys(text for text in allowed if text)),
        "meaning": about.get("description", ""),
    }


def _target(node: Node, schema: Node) -> Node:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return node


def _values(about: Node) -> list[str]:
    return [str(value) for value in about.get("enum", [about["const"]] if "const" in about else [])]


_BOUNDS = {"minimum": ">= {}", "exclusiveMinimum": "> {}", "maximum": "<= {}", "exclusiveMaximum": "< {}"}
_KINDS = {"integer": "whole number", "number": "number", "null": "null", "string": "text", "object": "mapping"}


def _allowed(about: Node) -> str:
    if values := _values(about):
        return " | ".join(values)
    if "anyOf" in about:
        return " or ".join(map(_allowed, about["anyOf"]))
    if about.get("type") == "array":
        return "list"
    bounds = [text.format(f"{about[name]:g}") for name, text in _BOUNDS.items() if name in about]
    return " ".join([_KINDS.get(about.get("type", ""), ""), ", ".join(bounds)]).strip()
