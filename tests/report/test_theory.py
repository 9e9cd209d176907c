"""What the page makes of the files that `itt theory` writes."""

import pytest

from itt.errors import UserError
from itt.report import theory
from itt.theory import outputs

HEAD = "form,functions,estimator,sampling,cases,z,verdict\n"


@pytest.fixture
def measured(tmp_path):
    """Writes verdicts.csv and returns the folder of the results."""

    def write(content):
        (tmp_path / "theory").mkdir()
        (tmp_path / "theory" / "verdicts.csv").write_text(content)
        return tmp_path

    return write


def test_every_form_has_a_row_with_its_verdict(measured):
    [table] = theory.tables(
        measured(
            f"{HEAD}Lemma 1 as printed,quadratic,forward,orthogonal,72,-548.77,does not hold\n"
            "exact,cubic,antithetic,gaussian,24,2.5,holds\nexact,cubic,forward,gaussian,24,2.5,too few estimates\n"
        )
    )
    assert [[cell.text for cell in row] for row in table.rows][:2] == [
        ["Lemma 1 as printed", "quadratic", "forward differences", "orthogonal", "72", "-548.8", "does not hold"],
        ["exact", "cubic", "antithetic pairs", "independent", "24", "+2.5", "holds"],
    ]
    assert [row[-1].kind for row in table.rows] == ["bad", "good", "open"]


def test_it_asks_for_files_that_are_written():
    assert theory.VERDICTS in outputs.FILES
    assert tuple(theory.PICTURES) == outputs.FIGURES


def test_figures_are_shown_as_far_as_they_were_drawn(measured):
    results = measured(HEAD)
    (results / "theory" / "remark-6.1.svg").write_text('<svg width="576pt" height="288pt"></svg>')
    [shown] = theory.pictures(results)
    assert (shown.name, shown.title) == ("remark-6.1", "Remark 6.1: which estimator to prefer")


def test_what_was_not_measured_is_not_shown(tmp_path):
    assert (theory.tables(tmp_path), theory.pictures(tmp_path)) == ([], [])


@pytest.mark.parametrize("content", ["form\nexact\n", f"{HEAD}exact,cubic\n", f"{HEAD}a,b,c,d,e,f,g\n"])
def test_a_damaged_file_is_refused(measured, content):
    with pytest.raises(UserError, match="not what `itt theory` writes"):
        theory.tables(measured(content))
