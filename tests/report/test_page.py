"""The page as a reader finds it: what stands first, what a browser needs of it, what it keeps to itself."""

import itertools
import re

import pytest

from itt.report.page import page

ORDER = ["overview", "words", "tables", "figures", "against", "speed", "provenance", "study"]


def marks(reader):
    return [element.text for element in reader.all("p") if element.attributes.get("class") == "mark"]


def test_sections_come_in_the_order_of_the_contents(shown):
    assert [element.attributes["id"] for element in shown.all("h2")] == ORDER
    links = [element.attributes["href"][1:] for element in shown.all("a") if element.attributes["href"].startswith("#")]
    assert [link for link in links if link in ORDER] == ORDER


def test_every_link_of_the_contents_leads_somewhere_and_no_id_is_there_twice(shown):
    ids = [element.attributes["id"] for element in shown.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    links = {element.attributes["href"] for element in shown.all("a")}
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    labelled = {element.attributes["aria-labelledby"] for element in shown.all("section")}
    assert labelled <= set(ids)


def test_every_table_and_figure_stands_in_the_contents(shown):
    links = {element.attributes["href"] for element in shown.all("a")}
    parts = [element.attributes["id"] for element in shown.all("h3") if "id" in element.attributes]
    assert len(parts) >= 5
    assert {f"#{part}" for part in parts} <= links


def test_headings_go_down_one_level_at_a_time(shown):
    levels = [int(element.name[1]) for element in shown.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_page_loads_nothing(shown):
    sources = [
        element.attributes[key] for element in shown.elements for key in ("src", "srcset") if key in element.attributes
    ]
    assert sources
    assert all(source.startswith("data:") for source in sources)
    assert not shown.all("link", "script", "iframe", "object")
    [style] = shown.all("style")
    assert not re.search(r"@import|url\(", style.text)


def test_every_head_of_a_table_says_what_it_heads(shown):
    assert {element.attributes.get("scope") for element in shown.all("th")} == {"col", "row"}


def test_every_figure_has_its_text_and_the_size_that_it_was_drawn_in(shown):
    images = shown.all("img")
    assert len(images) >= 2
    for image in images:
        assert len(image.attributes["alt"]) > 10
        assert int(image.attributes["width"]) > 100
        assert int(image.attributes["height"]) > 100


def test_what_is_wider_than_the_page_moves_in_a_box_that_the_keyboard_reaches(shown):
    boxes = [element for element in shown.all("div") if element.attributes.get("class") == "box"]
    assert len(boxes) == len(shown.all("table")) + len(shown.all("img"))
    for box in boxes:
        assert box.attributes["tabindex"] == "0"
        assert box.attributes["role"] == "region"
        assert box.attributes["aria-label"]


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_text_stands_out_from_its_ground(shown, scheme):
    """Contrast of at least 4.5 to 1, as WCAG 2.2 (1.4.3) defines it."""
    [style] = shown.all("style")
    palette = [dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in re.findall(r":root \{([^}]*)\}", style.text)]
    colours = palette[scheme]
    pairs = [(ink, ground) for ink in ("ink", "quiet", "link") for ground in ("page", "raised")]
    pairs += [(ink, f"{ink}-ground") for ink in ("good", "bad", "open")]
    pairs += [("ink", f"{ink}-ground") for ink in ("good", "bad", "open")]
    pairs += [(ink, "page") for ink in ("good", "bad", "open")]
    assert {pair: contrast(*(colours[name] for name in pair)) >= 4.5 for pair in pairs} == dict.fromkeys(pairs, True)


def contrast(one, other):
    darker, lighter = sorted(luminance(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_a_whole_study_has_no_mark(shown):
    assert marks(shown) == []
    [title] = shown.all("title")
    assert title.text == "tiny: implicit two-tower policies"


def test_a_rehearsal_is_marked_above_everything_and_in_the_title(study, read):
    rehearsal = study("tiny-rehearsal")
    rehearsal.add()
    reader = read(rehearsal.collect())
    [mark] = marks(reader)
    assert mark.startswith("Rehearsal. ")
    [title] = reader.all("title")
    assert "(rehearsal)" in title.text
    order = [element.attributes.get("class") or element.name for element in reader.elements]
    assert order.index("mark") < order.index("h1")


def test_a_partial_study_says_which_runs_have_no_result(study, read):
    partial = study("tiny")
    partial.add(seed=0)
    partial.leave_out("itt", 1)
    reader = read(partial.collect())
    assert marks(reader) == ["Partial. 1 of 2 runs have no result (CartPole-v1/itt/vanilla seed 1)."]
    [title] = reader.all("title")
    assert "(partial)" in title.text


def test_a_training_under_way_is_marked_once(study, read):
    under_way = study("tiny")
    under_way.add(seed=0)
    under_way.add(seed=1, rows=1, sessions=[{"start": "2026-11-25T16:35:39+00:00", "end": None}])
    reader = read(under_way.collect())
    assert marks(reader) == ["Partial. 1 of 2 runs are not finished (CartPole-v1/itt/vanilla seed 1)."]
    [title] = reader.all("title")
    assert title.text.startswith("tiny (partial): ")


def test_the_overview_begins_with_the_verdicts(shown):
    lists = [element.text.split() for element in shown.all("ul") if element.attributes.get("class") == "verdicts"]
    results, settings = lists
    assert results == ["0", "reproduced", "0", "not", "reproduced", "124", "not", "yet"]
    assert int(settings[0]) > 0
    names = [element.name for element in shown.elements]
    assert names.index("h2") < names.index("li", names.index("h2")) < names.index("dl")


def test_the_overview_tells_what_was_asked_and_how_far_it_is(shown):
    facts = dict(zip([e.text for e in shown.all("dt")], [e.text for e in shown.all("dd")], strict=True))
    assert facts["Environments"] == "1: CartPole-v1"
    assert facts["Methods"] == "ITT, Explicit"
    assert facts["Variants"] == "vanilla, lean"
    assert facts["Asked for"] == "3 trainings: 1 seed of each environment, method and variant, 2 iterations each"
    assert facts["Done"] == "3 trained to the end, 3 evaluated afresh over 2 episodes each"
    assert facts["It took"] == "600 steps of environments and 1.5 core-hours"


def test_scores_stand_beside_the_papers(shown):
    assert any("9.50" in table.text and "500.00 ± 0.00" in table.text for table in shown.all("table"))


def test_the_study_stands_there_with_every_setting(shown):
    [study] = shown.all("pre")
    assert "name: tiny" in study.text
    assert "sigma: 1.0" in study.text


def test_the_same_results_give_the_same_bytes(drawn):
    assert page(drawn) == page(drawn)


def test_it_tells_no_place_and_no_host(study):
    """Not of this machine, not of the one that trained."""
    warm = study("tiny")
    saved = warm.results / "start.npz"
    warm.add(settings=[f"algorithm.initial={{policy: {saved}, sha256: {'f' * 64}}}"])
    told = page(warm.collect())
    assert "f" * 64 in told
    assert str(warm.results) not in told
    assert "a-host-of-ours" not in told


def test_what_a_record_says_is_text_and_no_markup(study, read):
    odd = study("tiny")
    odd.add(sessions=[{"start": "<script>2026-11-25", "cpu": "<script>alert(1)</script>"}])
    assert not read(odd.collect()).all("script")


def test_a_figure_that_was_not_drawn_is_left_out(shown, results, read):
    for file in (results / "figures").glob("vanilla-vs-lean.*"):
        file.unlink()
    assert len(read(results).all("img")) == len(shown.all("img")) - 1


def test_results_without_figures_have_no_section_of_them(study, read):
    bare = study("tiny")
    bare.add()
    assert "figures" not in [element.attributes["id"] for element in read(bare.collect()).all("h2")]
