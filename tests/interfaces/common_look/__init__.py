"""The look: tags, words, templates and the one stylesheet."""
