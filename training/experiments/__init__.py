"""Compares recipes over seeds: ``python -m training.experiments architectures --seeds 3``.

Each row of an experiment is the recipe with some settings changed. Each row and seed is one run of
`training.train` in its own folder. If a row's settings are searched, the search comes first, on
tiles that are not used to compare rows. To continue a killed experiment, run the same command
again. Without ``--full``, two idle cores need less than an hour for an experiment.
``--full --seeds 10`` is the full ablation.

The results are a table and a figure, `training/reports/NAME.json` and `NAME.png`, with mean and
standard deviation over the seeds. Test figures are only reported; nothing is chosen by them.
"""
