"""Helpers of the extensions. Nothing here knows a feature."""
