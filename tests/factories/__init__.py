"""Small, explicit makers of what tests stand on: one file per app, each through the app's own verbs."""
