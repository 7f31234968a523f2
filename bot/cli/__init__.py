"""The command line: starting, training, testing, staff, and the JSON-lines tools."""
