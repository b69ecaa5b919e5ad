"""`nox -s try`: make a client of any document in a temporary folder, call every operation, and compare the wire with the document.

The comparison reads the document itself and shares no code with the generator; it takes from the generated package only the names of its calls.
"""
