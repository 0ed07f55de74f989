"""Ablate turns one study file into the ablation section of a paper.

    ablate.load("pos_embedding").report()                 in a notebook: the table, see ablate.api

The same, step by step:

    study = load_study("studies/pos_embedding.yaml")      ablate.study.load
    plan = make_plan(study, setting="digits")             ablate.plan.make
    execute(plan, executor, store, options, progress)      ablate.run.scheduler
    results = read_store(store, plan)                     ablate.results.store
    analysis = analyze(study, results)                    ablate.analysis.make
    write_all(analysis, folder)                           ablate.report

Each arrow is a module; only the third has side effects beside its own folder, and only it and
what it starts import torch.
"""

from ablate.api import load

__all__ = ["load"]
