"""Scores as tables in the layout of the paper's Table 6."""

import csv
import shutil
import subprocess

import numpy as np
import pytest

from itt.analysis.outputs import TABLES
from itt.analysis.tables import tables
from itt.analysis.typeset import number
from itt.errors import UserError


@pytest.fixture
def written(collected, tmp_path):
    """The texts of the three files for the runs made so far, by suffix."""

    def write():
        files = tables(collected(), tmp_path / "tables")
        return {path.suffix: path.read_text() for path in files if path.stem == "scores"}

    return write


@pytest.fixture
def hopper(make_run):
    """ITT second, IOT best and Explicit third at the end, over two seeds each."""
    for method, low, high in (("itt", 100.0, 300.0), ("iot", 300.0, 400.0), ("explicit", 0.0, 1.0)):
        make_run("Hopper-v2", method, seed=0, returns=[-5.0, low], evaluation=[low])
        make_run("Hopper-v2", method, seed=1, returns=[-5.0, high], evaluation=[high])


def section(markdown, title):
    return next(part for part in markdown.split("## ") if part.startswith(title))


def lines(markdown, start):
    return [line for line in markdown.splitlines() if line.startswith(start)]


def test_every_table_is_written_in_four_formats(make_run, collected, tmp_path):
    make_run()
    written = tables(collected(), tmp_path / "t")
    assert written[:4] == [tmp_path / "t" / name for name in ("scores.csv", "scores.md", "scores.tex", "scores.html")]
    assert [path.name for path in written] == list(TABLES)
    assert sorted((tmp_path / "t").iterdir()) == sorted(written)


def test_captions_say_what_a_return_is_where_it_is_not_one_episodes(hopper, make_run, written):
    own = "SAC has rows, one every so many env steps"
    assert own not in written()[".md"]
    make_run("Hopper-v2", "sac", evaluation=[1.0])
    told = written()[".md"]
    titles = ("Score at the last iteration", "Score at the best iteration", "Score in a fresh evaluation")
    assert [own in section(told, title) for title in titles] == [True, True, False]


def test_markdown_has_the_papers_columns_with_its_numbers_below_ours(hopper, written):
    final = section(written()[".md"], "Score at the last iteration")
    assert lines(final, "|") == [
        "| Environment |  | ITT | IOT | Explicit |",
        "| --- | --- | ---: | ---: | ---: |",
        "| Hopper-v2 | ours | <ins>200.00 ± 100.00</ins> | **350.00 ± 50.00** | 0.50 ± 0.50 |",
        "|  | paper | **2670.37 ± 225.53** | 1036.52 ± 29.16 | <ins>1060.89 ± 40.71</ins> |",
        "|  | difference | -2470.37 | -686.52 | -1060.39 |",
        "|  | verdict | too few | too few | too few |",
    ]


def test_latex_has_the_same_cells(hopper, written):
    assert (
        r"Hopper-v2 & ours & \underline{$200.00 \pm 100.00$} & $\mathbf{350.00 \pm 50.00}$ & $0.50 \pm 0.50$ \\"
        in written()[".tex"]
    )


def test_csv_has_a_row_a_method_and_measure_with_its_interval(hopper, written):
    rows = list(csv.DictReader(written()[".csv"].splitlines()))
    assert [(row["method"], row["measure"]) for row in rows] == [
        (method, measure) for method in ("itt", "iot", "explicit") for measure in ("final", "maximum", "evaluation")
    ]
    low, high = float(rows[0].pop("difference_low")), float(rows[0].pop("difference_high"))
    assert low < -2470.37 < high
    assert rows[0] == {
        "env": "Hopper-v2",
        "method": "itt",
        "variant": "vanilla",
        "measure": "final",
        "mean": "200.0",
        "std": "100.0",
        "n": "2",
        "ci_low": "100.0",
        "ci_high": "300.0",
        "step": "",
        "paper_mean": "2670.37",
        "paper_std": "225.53",
        "difference": str(200.0 - 2670.37),
        "margin": "225.53",
        "verdict": "not yet",
        "why": "2 seeds, where a verdict takes 5; not the paper's settings: algorithm.iterations, policy.state.layers",
    }


def test_the_caption_counts_the_environments_where_itt_is_best(hopper, make_run, written):
    for method in ("itt", "iot", "explicit"):
        make_run("CartPole-v1", method, returns=[500.0])  # a tie counts
        make_run("Swimmer-v2", method, returns=[{"itt": 2.0}.get(method, 1.0)])
    make_run("Acrobot-v1", "itt")  # nothing to compare with
    assert "By its mean ITT is best, alone or not, in 2 of 3 environments" in section(
        written()[".md"], "Score at the last"
    )


def test_equal_scores_share_the_first_place(make_run, written):
    for method, value in (("itt", 1000.0), ("iot", 27.1), ("explicit", 1000.0)):
        make_run("InvertedPendulumBulletEnv-v0", method, returns=[value])
    ours, paper = lines(written()[".md"], "| Inv")[0], lines(written()[".md"], "|  | paper")[0]
    assert "| **1000.00 ± 0.00** | 27.10 ± 0.00 | **1000.00 ± 0.00** |" in ours
    assert "| **1000.00 ± 0.00** | 27.10 ± 12.70 | **1000.00 ± 0.00** |" in paper


def test_variants_are_further_columns_out_of_competition(hopper, make_run, written):
    make_run("Hopper-v2", "itt", "lazy", returns=[9000.0])
    final = lines(section(written()[".md"], "Score at the last"), "|")
    assert final[0] == "| Environment |  | ITT | IOT | Explicit | ITT (lazy) |"
    assert final[2].endswith("| **350.00 ± 50.00** | 0.50 ± 0.50 | 9000.00 ± 0.00 (n = 1) |")
    assert final[3].endswith("| - |")


def test_an_env_outside_the_paper_has_no_paper_score(make_run, written):
    make_run("ALE/Pong_x-v5", "itt", returns=[1.0])
    texts = written()
    assert "| ALE/Pong_x-v5 | ours | 1.00 ± 0.00 | - | - |\n|  | paper | - | - | - |" in texts[".md"]
    assert r"ALE/Pong\_x-v5 & ours" in texts[".tex"]


def test_envs_stand_in_the_papers_order(make_run, written):
    for env in ("ALE/Pong-v5", "walker-walk", "CartPole-v1", "Swimmer-v2"):
        make_run(env)
    final = section(written()[".md"], "Score at the last")
    names = [line.split(" | ")[0] for line in lines(final, "|") if " ours " in line]
    assert names == ["| Swimmer-v2", "| CartPole-v1", "| walker-walk", "| ALE/Pong-v5"]


def test_a_cell_with_fewer_seeds_says_so(make_run, written):
    for seed in range(3):
        make_run("Hopper-v2", "itt", seed=seed)
        make_run("Hopper-v2", "iot", seed=seed)
    make_run("Hopper-v2", "explicit", seed=0)
    final = section(written()[".md"], "Score at the last")
    assert "over n = 3 seeds" in final
    assert [line.count("(n = 1)") for line in lines(final, "| Hopper-v2")] == [1]
    assert "(n = 3)" not in final and "(n = 10)" not in final


def test_the_caption_tells_of_unfinished_runs(make_run, written):
    make_run(seed=0, returns=[1.0, 2.0], iterations=2)
    make_run(seed=1, returns=[1.0], iterations=2)
    text = section(written()[".md"], "Score at the last")
    assert "Partial: 1 of 2 runs are not finished (HalfCheetah-v2/itt/vanilla seed 1)." in text
    assert text.count("finished") == 1


def test_a_run_that_a_target_ended_is_no_unfinished_one(make_run, written):
    folder = make_run(returns=[1.0], iterations=2)
    (folder / "provenance.json").write_text('[{"core_seconds": 3.0, "end": "2026-01-01T00:00:00+00:00"}]')
    text = written()[".md"]
    assert "Source: study `demo`, 1 run." in text
    assert "Partial" not in text


def test_without_evaluations_the_table_of_them_says_so(make_run, written):
    make_run()
    texts = written()
    assert section(texts[".md"], "Score in a fresh evaluation").endswith("No run has this score yet.\n")
    assert texts[".tex"].count(r"\begin{table}") == 2


def test_the_caption_of_evaluations_says_how_many_episodes(make_run, written):
    make_run(evaluation=[1.0] * 7)
    assert "averaged over 7 episodes" in section(written()[".md"], "Score in a fresh evaluation")


@pytest.mark.parametrize(("value", "text"), [(0.0, "0.00"), (0.001, "0.001"), (0.005, "0.01"), (-72.719, "-72.72")])
def test_numbers_have_two_decimals_but_never_lose_their_value(value, text):
    assert number(value) == text


def test_a_folder_without_collected_runs_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"runs\.csv: no such file; `itt collect`"):
        tables(tmp_path, tmp_path)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_the_latex_compiles_in_an_article_with_booktabs_alone(hopper, make_run, collected, tmp_path):
    make_run("A_%#&~^\\$v0", "itt", "lazy", returns=[1.0])
    tables(collected(), tmp_path)
    document = r"\documentclass{article}\usepackage{booktabs}\begin{document}\input{scores.tex}\end{document}"
    (tmp_path / "main.tex").write_text(document)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "main.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout


def test_the_caption_tells_of_episodes_that_diverged(hopper, make_run, written):
    folder = make_run("Hopper-v2", "itt", "wide")
    assert "diverged" not in written()[".md"]
    (folder / "metrics.csv").write_text("step,return,env_steps,seconds,es/diverged\n0,1,9,1,3\n1,2,18,2,4\n")
    (folder / "evaluation.csv").write_text("episode,return,seed,diverged\n0,1.5,7,1\n1,1.5,8,0\n")

    text = written()[".md"]

    told = "diverged; each counts as the worst of those around it."
    assert f"7 episodes of training, in 1 runs, {told}" in section(text, "Score at the last")
    assert f"1 episodes of evaluation, in 1 runs, {told}" in section(text, "Score in a fresh evaluation")


def test_with_five_seeds_scores_tie_by_the_interval_of_their_difference(paper_cell, written):
    paper_cell("Acrobot-v1", "itt", [-80.0, -90.0, -85.0, -75.0, -95.0])
    paper_cell("Acrobot-v1", "iot", [-81.0, -91.0, -86.0, -76.0, -96.0])
    paper_cell("Acrobot-v1", "explicit", [-181.0, -191.0, -186.0, -176.0, -196.0])
    ours = lines(section(written()[".md"], "Score at the last"), "| Acrobot-v1")[0]
    assert ours == "| Acrobot-v1 | ours | **-85.00 ± 7.07** | **-86.00 ± 7.07** | -186.00 ± 7.07 |"


def test_as_run_arms_stand_beside_the_papers_number_with_a_verdict_of_their_own(paper_cell, written):
    paper_cell("MountainCarContinuous-v0", "itt", [50.0] * 5)
    paper_cell("MountainCarContinuous-v0", "itt", [91.0] * 5, "as-run")
    found = lines(section(written()[".md"], "Score at the last"), "|")
    assert found[0] == "| Environment |  | ITT | IOT | Explicit | ITT (as-run) |"
    assert found[3].endswith("| 89.17 ± 8.97 |")
    assert found[4] == "|  | difference | -39.17 | - | - | +1.83 |"
    assert found[5] == "|  | interval | -45.93 to -32.41 | - | - | -4.93 to 8.59 |"
    assert found[6] == "|  | verdict | not reproduced | - | - | reproduced |"


@pytest.mark.parametrize("column", ["diverged", "evaluation_diverged", "end", "differs"])
def test_a_column_that_is_not_there_is_told(make_run, collected, tmp_path, column):
    make_run("Swimmer-v2")
    folder = collected()
    header, row = csv.reader((folder / "runs.csv").read_text().splitlines())
    kept = [place for place, name in enumerate(header) if name != column]
    lines = [",".join(cells[place] for place in kept) for cells in (header, row)]
    (folder / "runs.csv").write_text("\n".join([*lines, ""]))
    with pytest.raises(UserError, match=f"runs.csv: no column {column}"):
        tables(folder, tmp_path / "tables")


def test_curves_of_a_run_that_is_not_there_are_refused(make_run, collected, tmp_path):
    make_run(seed=0)
    make_run(seed=1)
    folder = collected()
    first, second, _ = (folder / "runs.csv").read_text().splitlines()
    (folder / "runs.csv").write_text(f"{first}\n{second}\n")
    with pytest.raises(UserError, match=r"curves\.csv: HalfCheetah-v2/itt/vanilla/1 does not stand in runs\.csv"):
        tables(folder, tmp_path / "tables")


def test_a_run_with_a_result_and_without_curves_is_refused(make_run, collected, tmp_path):
    make_run(seed=0)
    make_run(seed=1)
    folder = collected()
    (folder / "curves.csv").write_text("\n".join((folder / "curves.csv").read_text().splitlines()[:3]) + "\n")
    with pytest.raises(UserError, match=r"curves\.csv: has no row of HalfCheetah-v2/itt/vanilla/1, of which"):
        tables(folder, tmp_path / "tables")


@pytest.mark.parametrize("name", ["runs.csv", "curves.csv"])
def test_a_header_without_rows_is_refused(make_run, collected, tmp_path, name):
    make_run()
    file = collected() / name
    file.write_text(file.read_text().splitlines()[0] + "\n")
    with pytest.raises(UserError, match=rf"^{file}: has a header and no rows; `itt collect` writes it"):
        tables(file.parent, tmp_path / "tables")
    assert not (tmp_path / "tables").exists()


def test_no_table_speaks_of_no_seeds(make_run, collected, tmp_path):
    """Only vanilla runs are compared with the paper's hours and settings, and there may be none yet."""
    make_run("Swimmer-v2", variant="wide")
    make_run("Swimmer-v2", returns=[])
    texts = [path.read_text() for path in tables(collected(), tmp_path / "tables") if path.suffix == ".md"]
    assert sum("No vanilla run has a result yet" in text for text in texts) == 4  # hours, sigma, D, layers
    assert not any("n = 0" in text for text in texts)


@pytest.mark.parametrize("exploded", ["inf", "-inf"])
def test_a_return_that_exploded_is_no_score(make_run, collected, tmp_path, exploded):
    for seed in range(3):
        make_run("Swimmer-v2", seed=seed, returns=[1.0, 2.0])
    make_run("Swimmer-v2", seed=3, returns=[1.0, float(exploded)])
    scores = next(path for path in tables(collected(), tmp_path / "tables") if path.name == "scores.csv")
    rows = {row["measure"]: row for row in csv.DictReader(scores.read_text().splitlines())}
    assert (rows["final"]["mean"], rows["final"]["std"], rows["final"]["n"]) == ("2.0", "0.0", "3")
    assert (rows["maximum"]["mean"], rows["maximum"]["n"]) == ("1.0", "4")


def test_statistics_over_envs_are_of_returns_that_did_not_explode(make_run, collected, tmp_path):
    for env in ("Swimmer-v2", "Hopper-v2"):
        for method in ("itt", "iot"):
            for seed in range(4):
                make_run(env, method, seed=seed, returns=[float(seed), -np.inf if seed == 3 else 2.0])
    file = next(path for path in tables(collected(), tmp_path / "tables") if path.name == "aggregates.csv")
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == 9
    assert all(np.isfinite(float(row[column])) for row in rows for column in ("value", "low", "high"))
    assert {row["runs"] for row in rows} == {"6", "12"}
