"""The pipeline: source spec → overlays → effective spec → client and models.

A module here is the command of one nox session; each folder is a room, and what it is for stands in its `__init__`. A stage reads only what the stage
before it wrote, and a room imports only the rooms before it: common, spec, generate, then those that use them.
"""
