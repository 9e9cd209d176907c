"""One table in Markdown, LaTeX and HTML: the same cells, marked alike."""

import pytest

from itt.analysis.typeset import NOTHING, Cell, Table, html, html_table, latex, markdown

TABLE = Table(
    title="Layers",
    caption="Counted in `run.yaml`, 5 % & more.",
    header=("Environment", "", "ITT", "why"),
    rows=(
        (Cell("A_b-v2"), Cell("ours"), Cell("1,200.50 ± 3.00", place=1, note="(n = 2)"), Cell("because | of < it")),
        (Cell(""), Cell("paper"), NOTHING, Cell("not reproduced", kind="bad")),
    ),
    sentences=(3,),
)
EMPTY = Table("Nothing", "No run has this yet.", (), ())


def test_markdown_has_a_heading_a_caption_and_a_row_a_line():
    assert (
        markdown("All", [TABLE]).splitlines()
        == [
            "# All",
            "",
            "## Layers",
            "",
            "Counted in `run.yaml`, 5 % & more.",
            "",
            "| Environment |  | ITT | why |",
            "| --- | --- | ---: | --- |",
            "| A_b-v2 | ours | **1,200.50 ± 3.00** (n = 2) | because &#124; of < it |",
            "|  | paper | - | not reproduced |",
            "",
        ][:-1]
    )


def test_latex_sets_numbers_in_math_and_text_as_text():
    text = latex([TABLE])
    assert r"A\_b-v2 & ours & $\mathbf{1{,}200.50 \pm 3.00}$ (n = 2) & because | of < it \\" in text
    assert r" & paper & -- & not reproduced \\" in text
    assert r"\caption{Layers. Counted in run.yaml, 5 \% \& more.}" in text
    assert r"\begin{tabular}{llrp{12em}}" in text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("-72.72", "$-72.72$"),
        ("2.3e+09", r"$2.3 \cdot 10^{9}$"),
        ("26 %", r"$26\,\%$"),
        ("12 of 15", "12 of 15"),
        ("-4.93 to 8.59", r"$-4.93\mbox{ to }8.59$"),
    ],
)
def test_latex_knows_what_a_number_is(text, written):
    assert f"& {written} \\\\" in latex([Table("T", "", ("", ""), ((Cell("x"), Cell(text)),), labels=1)])


def test_html_escapes_text_and_begins_a_group_where_there_is_a_name():
    page = html_table(TABLE)
    assert '<tr class="first"><th scope="row" class="label">A_b-v2</th>' in page
    assert '<tr><td class="label"></td><th scope="row" class="label">paper</th><td>-</td>' in page
    assert "<td><strong>1,200.50 ± 3.00</strong> (n = 2)</td>" in page
    assert '<td class="long">because | of &lt; it</td>' in page
    assert '<td class="long bad">not reproduced</td>' in page
    assert "<code>run.yaml</code>, 5 % &amp; more." in page
    assert page in html("All", [TABLE])


def test_a_table_without_rows_is_its_caption():
    assert markdown("All", [EMPTY]).endswith("## Nothing\n\nNo run has this yet.\n")
    assert html_table(EMPTY) == '<p class="caption">No run has this yet.</p>'
    assert latex([EMPTY]).endswith("% Nothing: No run has this yet.\n")
