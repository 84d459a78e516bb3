# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # A small network that reads your handwriting
#
# Many tutorials end at "99 % on MNIST". Then somebody photographs a digit, and the answer is
# wrong. This notebook tells how Digitscope's network is made so that it reads both: the tiles of
# a famous data set, and what becomes of a digit on squared paper under a kitchen lamp.
#
# It calls the modules of `training/` and defines nothing a second time. You can read it without
# running it. To run it: `make notebook`, or open it with Jupyter after `make test`. Where there is
# no finished run yet, the training in the middle takes its time, shows its progress, and goes on
# where it stopped if you interrupt it.

# %%
# %matplotlib inline
import json
import os
from dataclasses import asdict

import numpy as np

from training import plots
from training.config import HyperParameters
from training.data.augment import augment
from training.data.mnist import load_train_validation
from training.run_records.run_folder import REPOSITORY, RUNS_DIR, RunFolder

rng = np.random.default_rng(2026)
run = RunFolder(os.environ.get("NOTEBOOK_RUN", RUNS_DIR / "notebook"))
asked = json.loads(os.environ.get("NOTEBOOK_SETTINGS", "{}"))  # a run of seconds, for the tests
hyper = HyperParameters(**(run.settings() if run.begun else asked))

# %% [markdown]
# ## The data
#
# MNIST holds 60,000 tiles to learn from and 10,000 to be judged by: 28 × 28 pixels, a light digit
# on black, its longest side 20 pixels, its centre of mass in the middle. We split 5,000 off the
# 60,000, with the same fraction of every digit. On those we make all our choices. The 10,000 stay
# sealed; only `training.evaluate` opens them, and only to report.

# %%
train_digits, validation = load_train_validation(None, hyper.validation_tiles)
print(f"{len(train_digits):,} to learn from, {len(validation):,} to choose by")
for digit, count in enumerate(np.bincount(train_digits.labels)):
    print(f"{digit}: {count:5,} {'█' * round(count / 150)}")

# %%
some = rng.choice(len(train_digits), 40, replace=False)
plots.draw_tiles(train_digits.tiles[some], [str(label) for label in train_digits.labels[some]])

# %% [markdown]
# The network normalises its input itself, with the mean and standard deviation of all training
# pixels. So nobody who uses the saved file can forget to.

# %%
pixels = train_digits.tiles / np.float32(255)
print(f"mean {255 * pixels.mean():.2f}, standard deviation {255 * pixels.std():.2f}, of 255")

# %% [markdown]
# ## What MNIST does not show
#
# MNIST was written in the United States around 1990, with a fat pen, and scanned. Four things are
# missing in it, and each of them costs answers on real photos:
#
# 1. **Handwriting from elsewhere**: a 1 with a flag as long as its stem, a crossed 7, an open 4, a
#    2 with loops. Pen strokes of European writers and strokes drawn by rule are written with every
#    pen: fine and thick, gone over, dashed, outlined.

# %%
from training.data.drawn_tiles import draw_hands

drawn = draw_hands(40, (), rng)
plots.draw_tiles(drawn.tiles, [str(label) for label in drawn.labels])

# %% [markdown]
# 2. **Photos.** We write MNIST's own training digits with other pens on simulated paper,
#    photograph them, and send the pictures through Digitscope's eleven steps. What comes out is
#    what the network will see when you show it a photo.

# %%
from training.data.datasets import TILES_DIR
from training.data.photo_tiles import photo_tiles

photographed = photo_tiles(train_digits, 44, seed=1, cache_dir=TILES_DIR).take(np.arange(40))
plots.draw_tiles(photographed.tiles, [str(label) for label in photographed.labels])

# %% [markdown]
# 3. **Wear**: soft lenses, skipping pens, strokes cut where a line of the paper was taken away.

# %%
from training.data.degrade import degrade_strokes

plots.draw_tiles(degrade_strokes(train_digits.tiles[some[:20]], rng, fraction=1.0))

# %% [markdown]
# 4. **Everything that is no digit.** A network that knows ten digits answers a digit whatever it
#    is shown. So it also sees letters, shapes, scribbles, pairs and blobs, and learns an eleventh
#    class for them, "none of them" ([outlier exposure](https://arxiv.org/abs/1812.04606)). In the
#    finished network that class counts a tenth for each digit: its ten answers sum to one.

# %%
from training.data.outliers import draw_non_digits

plots.draw_tiles(draw_non_digits(30, train_digits, rng))

# %% [markdown]
# And all tiles are changed a little each time they are seen: turned, slanted, shifted, stretched,
# bent, their strokes made thinner or thicker. Here is one tile, twenty times.

# %%
plots.draw_tiles(augment(np.repeat(train_digits.tiles[some[:1]], 20, axis=0), rng))

# %% [markdown]
# ## The network
#
# Four blocks of convolution, batch normalisation and ReLU, with 32, 64, 128 and 256 filters.
#
# * **3 × 3 filters, stacked**: two of them see 5 × 5 pixels with fewer weights than one 5 × 5.
# * **Pooling after the first two blocks only**: 28 → 14 → 7. A third pooling would leave 3 × 3,
#   too coarse for the small loops of an 8.
# * **Batch normalisation**: larger steps without blowing up, and a fresh start for each block.
# * **Global average pooling** instead of flattening: a dense layer on 7 × 7 × 256 values would
#   have 125,450 weights, and would learn *where* a stroke is; the average has none.
# * **Dropout** before the one dense layer, the only place that overfits here.

# %%
from training.model_definition import build_model

build_model().summary()

# %% [markdown]
# ## The recipe
#
# Every setting stands in one place, `training/config.py`, with the reason for its value.

# %%
for name, value in asdict(hyper).items():
    print(f"{name:18} {value}")

# %% [markdown]
# ## Training
#
# The loop in `training/train.py` is open to be read: shuffle, change the tiles, one optimizer
# step a batch, then validate with averaged weights. The best epoch by validation *loss* is kept:
# on 5,000 tiles the accuracy of neighbouring epochs differs by chance alone. A finished run is
# taken from its folder.

# %%
from training.data.datasets import load_datasets
from training.train import train

state = run.state()
if state.epochs < hyper.epochs:
    state = train(load_datasets(None, hyper), hyper, run, resume=True)

# %%
plots.draw_training_curves(state.history, state.best_epoch)

# %% [markdown]
# The training line lies above the validation line, the reverse of what textbooks show. It is
# measured on bent, worn and photographed tiles and with dropout; validation on clean tiles and
# without. The left axis is logarithmic: otherwise the last tenths could not be told apart.
#
# ## Does it mean what it says?
#
# Labels are smoothed by a tenth, so the network says .91 where it is right 999 times in 1,000.
# One number, a temperature fitted on validation tiles and folded into the last layer, makes its
# confidence honest ([Guo et al. 2017](https://arxiv.org/abs/1706.04599)).

# %%
from training.evaluate import as_text, evaluate_test, tiles_of
from training.export import calibrate

model = run.load_best()
before = evaluate_test(model)
calibration = calibrate(model, validation)
measured = evaluate_test(model)
print(f"temperature {calibration.temperature:.3f}")
print(f"calibration error on the test set {before.ece:.2%} -> {measured.ece:.2%}")

# %%
plots.draw_reliability(before.reliability, measured.reliability)

# %% [markdown]
# ## The report
#
# The test set, opened. Nothing above was chosen by it.

# %%
print(as_text(measured))

# %%
plots.draw_confusion_matrix(measured.confusion_matrix)

# %% [markdown]
# ## Every mistake
#
# Shown → answered, and how sure the network was. A question mark and colour: people, too, doubt
# the label. Fifteen test tiles are known to be mislabelled
# ([Northcutt et al. 2021](https://arxiv.org/abs/2103.14749)); they stay in, so that figures
# compare, and put a ceiling of about 99.85 % on what an honest network reaches. Would you have
# read the others?

# %%
plots.draw_mistakes(tiles_of(measured.mistakes), measured.mistakes)

# %% [markdown]
# ## What each part brings
#
# The ablation starts with three blocks and plain tiles and adds one thing a row. Every row was
# trained with several seeds (`python -m training.experiments ablation`); a dot is a seed. Two
# lessons: differences of a few hundredths are smaller than what the seed alone does, so one run
# a row would tell stories. And the last rows are not there for MNIST's test set. They are for
# your photos.

# %%
ablation = REPOSITORY / "training/reports/ablation.json"
if ablation.is_file():
    report = json.loads(ablation.read_text())
    for row in report["rows"]:
        print(f"{row['name']:36} {row['test_accuracy_mean']:.2%} ± {row['test_accuracy_std']:.2%}")

# %%
from training.experiments.reports import draw_report

draw_report(report) if ablation.is_file() else "not measured yet"

# %% [markdown]
# ### And teachers?
#
# A small network may learn from several large ones (distillation), if they know better than it
# does. So ask first: how many validation tiles do three networks get wrong together, against each
# alone (`python -m training.experiments.ensemble`)? Where that gains a tile or two in thousands,
# there is little to teach, and training longer or on better data is the better use of the time.

# %%
ensemble = REPOSITORY / "training/reports/ensemble.json"
if ensemble.is_file():
    together = json.loads(ensemble.read_text())
    for name in ("plain", "turned"):
        one = together[name]
        print(
            f"{name}: each {one['errors']}, together {one['errors_together']} wrong "
            f"of {together['tiles']:,}"
        )

# %% [markdown]
# ## On photos
#
# What the shipped network makes of real photos stands in `models/model_card.json`, beside the
# figures above and the command that made them: `python -m training.photos FOLDER`.

# %%
card = json.loads((REPOSITORY / "models/model_card.json").read_text())
for kind, counts in card.get("photos", {}).get("kinds", {}).items():
    print(f"{kind:10} {counts['correct_share']:7.1%} of {counts['n']}")

# %% [markdown]
# ## Take it with you
#
# `python -m training.export --run FOLDER` writes `models/mnist_cnn.keras` and
# `models/mnist_cnn.onnx`, compares both, and writes the card. The Keras file opens anywhere with
# one line and without this project: `keras.saving.load_model("mnist_cnn.keras")`.
