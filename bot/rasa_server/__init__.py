"""Code loaded by the Rasa process (Python 3.10, the Rasa environment). Imports nothing else of ours."""
