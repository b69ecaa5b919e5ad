"""What every room of the pipeline uses: layout, problems, reports, YAML, JSONPath, walking a document."""
