"""Reference pages: one renderer of an effective spec, or of any OpenAPI 3.1 document, as one HTML page that loads nothing.

| module | job |
| --- | --- |
| `render` | a document to a page; the page's content security policy |
| `operations`, `behaviour`, `schemas` | what a page says of operations and schemas, as plain records |
| `site` | the documentation as a site, with the page of every vendor |
| `samples`, `commands` | a value that fits a schema; the curl line of an operation |
| `python_calls` | the Python name, signature and a snippet of each call, read from a generated client |
| `corrections`, `notes` | what overlays changed, and notes put at the innermost part that is shown |
| `markup` | descriptions as safe HTML, ids of parts |
| `pages` | the pages of this repository's vendors |

The command is `python -m scripts.reference [vendor …] --out DIR`. Templates stand in `templates/`.
"""
