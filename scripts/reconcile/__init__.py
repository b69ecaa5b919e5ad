"""`nox -s reconcile`: compare the vendor's own file with the transcription it replaced, and grade its operations."""
