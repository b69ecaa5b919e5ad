"""`nox -s observe`: recorded traffic, or reads with a user's own credentials, compared with the effective spec.

Nothing of what traffic holds is written down: findings name methods, members, types and counts. `judge` compares, `propose` writes overlay actions.
"""
