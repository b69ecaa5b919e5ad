"""`nox -s fetch`: make the vendor's own OpenAPI file the source."""
