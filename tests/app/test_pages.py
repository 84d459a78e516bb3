"""The Architecture and the Performance page, with and without what they show."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from streamlit_app import card as cards
from streamlit_app.card import ModelCard
from streamlit_app.components.measured.experiments import (
    ON_MNIST,
    ON_PHOTOS,
    comparison,
    error_rates,
    finding,
)
from streamlit_app.components.measured.search import trials_of
from streamlit_app.i18n import catalogue
from streamlit_app.resources import answering_network, loader_of, model_path
from tests.app.scenes import OpenPredict, digit_on_paper, headings, needs_model, texts, upload

pytestmark = needs_model
ARCHITECTURE, PERFORMANCE = "app_pages/architecture.py", "app_pages/performance.py"
SECTIONS = [
    "On people's own pictures",
    "Under hard conditions",
    "What it mixes up",
    "Digit by digit",
    "Does its confidence mean what it says?",
    "How it learned",
    "What each idea brought",
]


@pytest.fixture
def no_test_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without MNIST's test set."""
    monkeypatch.delenv("MNIST_NPZ", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))


def open_page(app: AppTest, page: str) -> AppTest:
    app.switch_page(page).run()
    assert not app.exception
    assert not app.error
    return app


def test_the_network_is_shown_as_it_is(keras_network: None, app: AppTest) -> None:
    model = loader_of(model_path()).wait().reader.classifier.model
    open_page(app, ARCHITECTURE)
    table = app.dataframe[0].value
    assert table["Layer"].tolist() == [layer.name for layer in model.layers]
    assert table["Parameters"].sum() == model.count_params()
    assert f"{model.count_params():,} parameters" in texts(app)
    assert [s.value for s in app.subheader] == [
        "Input",
        *(f"Block {number}" for number in (1, 2, 3, 4)),
        "Average and digits",
    ]


def test_an_example_goes_through_until_there_is_a_digit(
    keras_network: None, app: AppTest, open_predict: OpenPredict
) -> None:
    open_page(app, ARCHITECTURE)
    assert "An example." in texts(app)
    upload(open_predict("upload"), digit_on_paper(2))
    open_page(app, ARCHITECTURE)
    assert "The last digit you gave." in texts(app)


def test_an_onnx_network_cannot_be_opened_and_that_is_said(app: AppTest) -> None:
    answering_network()
    open_page(app, ARCHITECTURE)
    assert "cannot be opened" in app.info[0].value


def test_every_section_is_there(app: AppTest) -> None:
    open_page(app, PERFORMANCE)
    assert headings(app) == SECTIONS


def test_a_pair_chosen_shows_its_mistakes_only(app: AppTest, no_test_set: None) -> None:
    open_page(app, PERFORMANCE)
    box = app.selectbox(key="confusion_choice")
    everything = sum(" → " in m.value for m in app.markdown)
    box.select_index(1).run()
    assert not app.exception
    chosen = [m.value for m in app.markdown if " → " in m.value]
    assert 0 < len(chosen) < everything
    assert len({value.split("**")[1] for value in chosen}) == 1


def test_without_the_test_set_the_mistakes_are_told_without_pictures(
    app: AppTest, no_test_set: None
) -> None:
    open_page(app, PERFORMANCE)
    assert "pictures cannot be shown" in app.info[0].value
    assert "Download the test set (11 MB)" in [button.label for button in app.button]


def test_without_any_figures_each_section_says_so(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cards, "load_card_of", lambda _path: {})
    monkeypatch.setattr(cards, "PREDECESSOR", tmp_path / "none.json")
    monkeypatch.setattr(cards, "REPORTS", tmp_path)
    open_page(app, PERFORMANCE)
    assert headings(app) == SECTIONS
    assert not app.metric
    assert not app.dataframe
    assert len(app.caption) >= len(SECTIONS)


def test_an_experiment_has_its_text_a_chart_and_a_table(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"test_accuracy_mean": 0.991, "test_accuracy_std": 0.0002}
    runs = {"runs": [{"epochs": 5, "tiles": 4_000}] * 3}
    report = {
        "title": "Two networks",
        "teaches": "One is larger.",
        "rows": [
            row | runs | {"name": "small", "parameters": 392_330},
            row | runs | {"name": "large"},
        ],
    }
    monkeypatch.setattr(cards, "load_reports", lambda: [ModelCard({}), ModelCard(report)])
    open_page(app, PERFORMANCE)
    assert "Two networks" in [one.label for one in app.expander]
    assert "One is larger." in [one.value for one in app.markdown]
    (table,) = (one.value for one in app.table if "Variant" in one.value.columns)
    assert table.to_numpy().tolist() == [
        ["small", "3", "392,330", "99.10% ± 0.02%"],
        ["large", "3", "", "99.10% ± 0.02%"],
    ]
    assert any("5 epochs with 4,000" in one.value for one in app.caption)


SEARCH = {
    "best": {"hidden_units": 968, "dropout": 0.1},
    "recipe": {"hidden_units": 512, "dropout": 0.3},
    "trials": [
        {"hidden_units": 968, "dropout": 0.1, "state": "complete", "val_accuracy": 0.96},
        {"hidden_units": 64, "dropout": 0.5, "state": "pruned", "val_accuracy": 0.85},
    ],
}


def test_a_search_tells_what_it_found(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"name": "best found", "test_accuracy_mean": 0.97, "runs": [{"epochs": 8}]}
    report = {"title": "Searched", "teaches": "Luck.", "rows": [row], "search": SEARCH}
    monkeypatch.setattr(cards, "load_reports", lambda: [ModelCard(report)])
    open_page(app, PERFORMANCE)
    assert "2 settings were tried, 1 of them stopped early (pruned)." in texts(app)
    assert "968 hidden units and a dropout of 0.10; our default is 512 and 0.30." in texts(app)


def test_rows_with_searches_of_their_own_tell_what_was_found_and_stars_what_differs(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = {"best": {"learning_rate": 0.0021}, "trials": [{"state": "complete"}] * 8}
    runs = {"runs": [{"epochs": 8}], "test_accuracy_mean": 0.97, "search": search}
    apart = {"differences": {"test_accuracy": {"mean": -0.01, "p": 0.01}}}
    rows = [runs | {"name": "Adam"}, runs | apart | {"name": "- nothing"}]
    report = {"title": "Searched", "teaches": "Luck.", "rows": rows}
    monkeypatch.setattr(cards, "load_reports", lambda: [ModelCard(report)])
    open_page(app, PERFORMANCE)
    assert "**Adam**: the best of 8 settings tried: learning rate 0.0021." in texts(app)
    (table,) = (one.value for one in app.table if "Variant" in one.value.columns)
    assert table["Test"].tolist() == ["97.00%", r"97.00% \*"]
    assert any("A star" in one.value for one in app.caption)


def test_the_shipped_seed_stands_beside_the_mean_of_all(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = {"runs": [{"test_accuracy": one} for one in (0.995, 0.997)]}
    card = {
        "test": {"accuracy": 0.997},
        "hyper_parameters": {"seed": 2},
        "seeds": seeds | {"test_accuracy_mean": 0.996, "test_accuracy_std": 0.0014},
    }
    monkeypatch.setattr(cards, "load_card_of", lambda _path: card)
    open_page(app, PERFORMANCE)
    (told,) = (one.value for one in app.caption if "seed 2" in one.value)
    assert "99.70% with seed 2" in told and "99.60% ± 0.14% on average over 2 seeds" in told


def test_trials_are_drawn_by_their_errors() -> None:
    trials = trials_of(ModelCard({"search": SEARCH}))
    assert trials["error"].round(6).tolist() == [0.04, 0.15]
    assert trials["ended"].tolist() == trials["best"].tolist() == [True, False]
    assert trials_of(ModelCard({"rows": []})).empty


def test_every_text_of_the_experiments_is_in_the_catalogue() -> None:
    definitions = pytest.importorskip("training.experiments.definitions")
    french = catalogue("fr")
    experiments = definitions.EXPERIMENTS.values()
    texts = [text for one in experiments for text in (one.title, one.teaches)]
    texts += [row.name for one in experiments for row in one.rows]
    same = {"MLP", "CNN", "affine", "RMSprop", "Adam", "AdamW"}
    same |= {"- augmentation"}
    assert [text for text in texts if french.gettext(text) == text and text not in same] == []


def test_error_rates_are_what_is_left_of_accuracies() -> None:
    row = {"name": "none", "photo_accuracy_mean": 0.75, "photo_accuracy_std": 0.05, "runs": []}
    table = error_rates([row], ON_PHOTOS)
    assert table[["error", "low", "high"]].round(6).to_numpy().tolist() == [[0.25, 0.2, 0.3]]
    assert error_rates([row], ON_MNIST).empty


def test_a_name_that_begins_with_a_plus_is_no_list_in_the_table() -> None:
    table = comparison([{"name": "+ fourth block", "runs": []}])
    assert table.iloc[0, 0] == r"\+ fourth block"


def test_finding_names_only_what_is_significant() -> None:
    first: dict[str, object] = {"name": "the recipe", "runs": []}
    photos = {"mean": -0.0297, "margin": 0.0021, "p": 0.02}
    test = {"mean": -0.02, "margin": 0.03, "p": 0.06}
    row: dict[str, object] = {"name": "- fourth block", "runs": []}
    row["differences"] = {"real_photo_accuracy": photos, "test_accuracy": test}
    assert finding([first, row]).endswith("interval:\n- **- fourth block**: Photos -2.97 ± 0.21")
    row["differences"] = {"test_accuracy": test}
    assert finding([first, row]) == "No row differs significantly from the first one."
