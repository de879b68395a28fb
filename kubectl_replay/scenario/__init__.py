"""A scenario folder: its fields, its loader, its placeholders."""
