"""`nox -s fetch`: make the vendor's own OpenAPI file the source.

| module | job |
| --- | --- |
| `transfer` | bounded HTTPS reads that stay on one host |
| `page` | what a documentation page holds or links to |
| `discover` | from the documentation address to the spec |
| `content` | is it OpenAPI, whose, and how many operations |
| `store` | swap the new source in as a whole, or not at all |
"""
