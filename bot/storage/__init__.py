"""The store: SQLAlchemy tables, sealed columns, keys, migrations. Implements the services' ports."""
