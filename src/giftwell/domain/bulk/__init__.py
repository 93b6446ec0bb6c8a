"""Cards in bulk: a million given away by a count or a file, or brought along from another system.

Nouns: batch (issue or import), row, problem, piece of an upload, export. Verbs: create_issue, upload_batch,
check_batch, confirm_batch, run_batch, cancel_batch, reverse_import, undo_batch, grant_export,
withdraw_export, download_export. A file is judged row by row before a card is made of it; a batch is worked
off load by load, each of which happens once, and until it is whole nobody sees a code of it.
"""
