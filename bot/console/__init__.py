"""The staff console: server-rendered, no script needed, closed by default."""
