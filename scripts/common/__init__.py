"""What every room of the pipeline uses: places, problems, reports, worker processes, YAML, JSONPath, names, walking a document."""
