"""Question sets, metrics and reports: how well the assistant answers, measured."""
