"""How much a file may be. Pure."""

MOST_ROWS = 1_000_000
MOST_FILE_BYTES = 128 * 1024 * 1024
MOST_ROW_BYTES = 64 * 1024
MOST_COLUMNS = 30

# A workbook is a zip archive; zipfile holds each part to the size that it says it unpacks to.
MOST_UNPACKED_BYTES = 400 * 1024 * 1024
MOST_STRINGS_BYTES = 64 * 1024 * 1024
MOST_PARTS = 200

MOST_PROBLEMS = 1_000
"""Kept of a file's report. Whoever has more than these mends the file by a rule, not row by row."""
