"""The storefront: what a stranger sees and may do."""
