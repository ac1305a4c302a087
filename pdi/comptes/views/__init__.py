"""Views of accounts, one module per screen family."""
