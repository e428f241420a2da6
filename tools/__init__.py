"""What is not part of a Sphinx build: set-up, recordings, exports, vendored files, benchmarks."""
