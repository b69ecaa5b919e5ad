"""Benchmarks: the generated clients beside their peers, as ratios measured interleaved in one run (`nox -s bench`).

Module map:

- `figures`: what is measured, with goals; `processes`, `loops`, `growth`, `regeneration`: how
- `rounds`: interleaving and ratios, pure functions
- `environments`, `peers`: one environment per peer with only what it declares, and the packages made for it
- `specs`, `payloads`: the synthetic spec and the bodies; `server`: the loopback server, a process of its own
- `snippets`: the programs of single processes; `workers/`: the programs of repeated work, run inside the environments
- `report`: the table, and `benchmarks/RESULTS.md`
"""
