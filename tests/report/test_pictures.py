"""Figures inside the page."""

import base64
import json

import pytest

from itt.errors import UserError
from itt.report import pictures
from itt.report.pictures import drawn, picture

SVG = '<?xml version="1.0"?>\n<svg xmlns:xlink="x" width="576pt" height="288pt" viewBox="0 0 576 288"></svg>'


def draw(results):
    (results / "figures").mkdir(parents=True)
    (results / "figures" / "a.svg").write_text(SVG)
    (results / "figures" / "a.png").write_bytes(b"PNG")
    return picture(results, "figures/a.svg", "A", "What it is.")


def test_a_figure_is_an_image_of_its_own_in_the_size_that_it_was_drawn_in(tmp_path):
    shown = draw(tmp_path)
    kind, content = shown.source.split(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(content).decode() == SVG
    assert (shown.width, shown.height) == (768, 384)


def test_it_names_the_files_that_there_are(tmp_path):
    assert draw(tmp_path).files == ["figures/a.png", "figures/a.svg"]


def test_of_a_figure_with_very_many_points_the_page_has_the_png(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST", len(SVG) - 1)
    shown = draw(tmp_path)
    assert shown.source == f"data:image/png;base64,{base64.b64encode(b'PNG').decode()}"
    assert (shown.width, shown.height) == (768, 384)


def test_what_was_not_drawn_is_none(tmp_path):
    assert picture(tmp_path, "figures/b.svg", "B", "") is None


def test_a_damaged_figure_is_refused(tmp_path):
    draw(tmp_path)
    (tmp_path / "figures" / "a.svg").write_text("")
    with pytest.raises(UserError, match="not a figure that itt drew"):
        picture(tmp_path, "figures/a.svg", "A", "")


def captions(results, content):
    (results / "figures").mkdir(parents=True, exist_ok=True)
    (results / "figures" / "captions.json").write_text(content)


def test_figures_come_in_the_order_of_their_captions(tmp_path):
    captions(
        tmp_path, json.dumps({name: {"title": name.upper(), "caption": f"Of {name}."} for name in ("b", "a", "c")})
    )
    for name in ("a", "b"):
        (tmp_path / "figures" / f"{name}.svg").write_text(SVG)
    assert [(one.name, one.title, one.caption) for one in drawn(tmp_path)] == [("b", "B", "Of b."), ("a", "A", "Of a.")]


def test_without_captions_there_are_no_figures(tmp_path):
    assert drawn(tmp_path) == []


@pytest.mark.parametrize("content", ["{", "[]", '{"a": {}}', '{"a": "b"}'])
def test_damaged_captions_are_refused(tmp_path, content):
    captions(tmp_path, content)
    with pytest.raises(UserError, match="not what `itt figures` writes"):
        drawn(tmp_path)
