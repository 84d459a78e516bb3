"""Compares recipes over seeds: ``python -m training.experiments architectures --seeds 3``.

Every row of an experiment is the recipe with some settings changed; every row and seed is one run
of `training.train` in a folder of its own. Where a row's settings are searched, the search comes
first, on tiles that no row is judged by. A killed experiment goes on where it stopped, with the
same command. Without ``--full`` all but the recipe are cut to what two idle cores do within three
quarters of an hour; the ablation takes two hours. ``--full --seeds 10`` is the ablation in full.

What comes out is a table and a figure, `training/reports/NAME.json` and `NAME.png`: mean and
standard deviation over the seeds, never one lucky run. Test figures are reported and nothing is
chosen by them.
"""
