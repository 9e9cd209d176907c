"""Reading settings: strict YAML, merging of layers, and validation errors as one line that says where to look."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from itt.errors import UserError

Layer = Mapping[str, Any]

MOST_VALUES = 2_000_000
"""In a file of settings: many more than a study of 5,000 runs has, each with all its settings."""


class Mistake(Exception):
    """A user's mistake, told without the file it stands in."""


def read(path: Path) -> Any:
    """The content of a YAML file.

    Raises:
        UserError: It cannot be read or does not parse; the line says where.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: not a text file in UTF-8") from None
    try:
        return parse(text, "")
    except Mistake as mistake:
        raise UserError(f"{path}: {mistake}") from None


def parse(text: str, where: str) -> Any:
    """The value of a YAML 1.2 text, a key given twice refused. `where` opens the message of a Mistake."""
    try:
        value = YAML(typ="safe", pure=True).load(text)
        _check_size(value, where)
        return value
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise Mistake(f"{where + ': ' if where else ''}{place}{error.problem or error.context}") from None
    except RecursionError:
        raise Mistake(f"{where + ': ' if where else ''}sections within sections, deeper than can be read") from None
    except YAMLError as error:
        raise Mistake(f"{where + ': ' if where else ''}{' '.join(str(error).split())}") from None


def _check_size(value: Any, where: str) -> None:
    """That aliases do not make a short text endless: what they stand for counts each time."""
    count, waiting = 0, [value]
    while waiting:
        found = waiting.pop()
        count += 1
        if count > MOST_VALUES:
            raise Mistake(f"{where + ': ' if where else ''}more than {MOST_VALUES} values, those of aliases counted")
        if isinstance(found, Mapping):
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found


def merge(below: Layer, above: Any, where: str) -> dict[str, Any]:
    """`below` with the keys of `above` laid over it, section by section.

    A section whose `name` changes (another search, another algorithm) is replaced as a whole: settings of the one mean
    nothing to the other.
    """
    if not isinstance(above, Mapping):
        raise Mistake(f"{where}: a mapping is wanted here, not {above!r}")
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            renamed = "name" in value and value["name"] != old.get("name")
            merged[key] = dict(value) if renamed else merge(old, value, f"{where}.{key}")
        else:
            merged[key] = value
    return merged


def difference(one: Layer, other: Layer) -> str | None:
    """The first setting that is not the same in both, as a dotted key; None where they agree."""
    for key in {**one, **other}:
        here, there = one.get(key), other.get(key)
        if isinstance(here, Mapping) and isinstance(there, Mapping):
            if deeper := difference(here, there):
                return f"{key}.{deeper}"
        elif here != there:
            return str(key)
    return None


def explain(
    error: ValidationError, model: type[BaseModel], layers: Sequence[tuple[str, Layer]] = (), where: str = ""
) -> str:
    """One error of a validation as one line: the key as the user wrote it, what is wrong, what is allowed.

    Args:
        error: What pydantic found.
        model: The model that was validated.
        layers: The merged layers, weakest first, with the key each stands under: the strongest that holds the
            offending key is named.
        where: Opens the line where no layer is to blame.
    """
    # A union has a complaint for each of its members; the deepest is about the one that was meant.
    chosen = max(error.errors(include_url=False), key=lambda complaint: len(complaint["loc"]))
    kind, message, loc = chosen["type"], chosen["msg"].removeprefix("Value error, "), chosen["loc"]
    given = "" if isinstance(chosen["input"], (Mapping, list)) else f", not {chosen['input']!r}"
    end = len(loc) - (kind == "extra_forbidden")  # an unknown key is the user's word, whatever it looks like
    path = [*(part for place, part in enumerate(loc[:end]) if not _is_union_tag(model, loc, place)), *loc[end:]]
    if kind == "extra_forbidden":
        allowed = _allowed_keys(model, loc[:-1])
        close = difflib.get_close_matches(str(path[-1]), allowed, n=1)
        message = f"unknown key{f', did you mean {close[0]}?' if close else ';'} allowed here: {', '.join(allowed)}"
    elif kind == "value_error":
        # A validator of ours opens its message with the key that it is about.
        key, _, message = message.partition(": ")
        path += key.split(".")
    elif kind == "missing":
        message = "is missing"
    elif kind == "too_short":
        message = "is empty; at least one is wanted"
    elif kind in ("tuple_type", "list_type"):
        example = f", like [{chosen['input']}]" if isinstance(chosen["input"], (str, int, float)) else ""
        message = f"must be a list{example}{given}"
    elif kind in ("dict_type", "model_type", "model_attributes_type"):
        names = _names(_section(model, loc))
        name = chosen["input"] if chosen["input"] in names else next(iter(names), None)
        message = f"must be a mapping{f', like {{name: {name}}}' if name else ''}{given}"
    elif kind == "union_tag_not_found":
        path += ["name"]
        message = "is missing: it says which settings are allowed beside it"
    elif kind == "union_tag_invalid":
        path += ["name"]
        message = f"must be one of {chosen['ctx']['expected_tags']}, not {chosen['ctx']['tag']!r}"
    else:
        message = f"{message[0].lower()}{message[1:]}{given}"
    held = path[:-1] if message.startswith("is missing") else path
    blamed = next((key for key, layer in reversed(layers) if _holds(layer, held)), where)
    return f"{_dotted([blamed, *path] if blamed else path)}: {message}"


def _dotted(path: Sequence[int | str]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    return text.replace("--set.", "--set ")


def _is_union_tag(model: type[BaseModel], loc: tuple[int | str, ...], place: int) -> bool:
    """Pydantic puts the member of a union into the place of an error; a user never wrote it there."""
    part = loc[place]
    if not isinstance(part, str) or place == 0:
        return False
    return part in ("int", "float") or "[" in part or part in _tags(_section(model, loc[:place]))


def _holds(layer: Any, path: Sequence[int | str]) -> bool:
    for part in path:
        if isinstance(layer, list):
            break
        if not isinstance(layer, Mapping) or part not in layer:
            return False
        layer = layer[part]
    return bool(path)


def _allowed_keys(model: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """The keys of the section at `place`."""
    return list(_section(model, place).get("properties", {}))


def _section(model: type[BaseModel], place: Sequence[int | str]) -> Any:
    """What stands at `place` by the JSON schema, which knows unions and lists; nothing where any key may stand."""
    schema = model.model_json_schema()
    found: Any = schema
    for part in place:
        found = _resolve(found, schema)
        if isinstance(part, int):
            found = found.get("items", {})
        elif part in _tags(found):
            found = {"$ref": found["discriminator"]["mapping"][part]}
        else:
            found = found.get("properties", {}).get(part, found.get("additionalProperties", {}))
        if not isinstance(found, Mapping):
            found = {}
    return _resolve(found, schema)


def _tags(node: Any) -> Mapping[str, str]:
    """The members of a union whose `name` tells them apart."""
    tags: Mapping[str, str] = node.get("discriminator", {}).get("mapping", {})
    return tags


def _names(node: Any) -> list[str]:
    """What the `name` of a section may be; empty where it has none."""
    about = node.get("properties", {}).get("name", {})
    return [*_tags(node), *about.get("enum", ()), *([about["const"]] if "const" in about else [])]


def _resolve(node: Any, schema: Any) -> Any:
    while True:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        elif options := [option for option in node.get("anyOf", ()) if option.get("type") != "null"]:
            node = options[0]  # a section that may be null is the only such union that holds keys
        else:
            return node
