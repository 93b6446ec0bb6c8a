"""What any multi-tenant service needs; nothing here knows what a gift card is."""
