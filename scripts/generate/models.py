"""Generate the pydantic v2 models of one effective spec with datamodel-code-generator.

Runs in a worker process (`scripts.common.workers`).
"""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path

from datamodel_code_generator.__main__ import main as generator

from scripts.common.problems import PipelineError
from scripts.generate.finish import finish_package

# Every option that shapes the output is written out: a new default of the tool changes nothing here.
OPTIONS = (
    "--input-file-type=openapi",
    "--openapi-scopes=schemas",
    "--output-model-type=pydantic_v2.BaseModel",
    "--target-python-version=3.11",
    "--target-pydantic-version=2.11",
    "--disable-timestamp",
    "--use-annotated",
    "--field-constraints",
    "--snake-case-field",
    "--allow-population-by-field-name",
    "--extra-fields=allow",
    "--output-datetime-class=datetime",
    "--enum-field-as-literal=none",
    "--use-specialized-enum",
    "--capitalise-enum-members",
    "--set-default-enum-member",
    "--naming-strategy=full-path",
    "--use-standard-collections",
    "--use-union-operator",
    "--use-schema-description",
    "--use-field-description",
    "--type-mappings",
    "email=string",  # pydantic's EmailStr needs a package of its own
    "--strict-refs",
    "--no-allow-remote-refs",
    # Any formatter of its own takes its line length from a pyproject.toml around the output; ours is isolated.
    "--no-formatters",
)
_NO_SCHEMAS = "No schemas found in components/schemas"


def generate_models(slug: str, spec: Path, folder: Path) -> None:
    """Write the models package of one effective spec into a new folder.

    Raises:
        PipelineError: the generator warns or fails.
    """
    folder.mkdir(parents=True)
    arguments = ["--input", str(spec.resolve()), "--output", str(folder.resolve() / "__init__.py"), *OPTIONS]
    words = io.StringIO()
    # The generator looks for a configuration around the working folder; in the new one there is none.
    with contextlib.chdir(folder), warnings.catch_warnings(), contextlib.redirect_stderr(words):
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", UserWarning)
        failed = generator(arguments) != 0
    if _NO_SCHEMAS in words.getvalue():
        (folder / "__init__.py").write_text('"""No schema has a name, so there are no models."""\n', encoding="utf-8")
    elif failed or "Warning" in words.getvalue():
        lines = words.getvalue().strip().splitlines() or ["no message"]
        raise PipelineError(
            f"datamodel-code-generator: {lines[-1][:300]}", where=slug, todo="Correct the spec with an overlay."
        )
    finish_package(slug, folder)
