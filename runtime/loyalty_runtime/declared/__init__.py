"""What generated code declares: operations, vendors, schemes, rules, models."""
