"""What an integration does with the clients, one file for each vendor and one across them.

Each runs by hand (`python examples/stampede.py`) with credentials from the environment, and all of them with `nox -s demo`.
"""
