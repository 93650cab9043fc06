"""Measurements of the assistant beside others and by stage; see README.md. Not part of the wheel."""
