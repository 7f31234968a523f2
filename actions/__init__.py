"""Rasa's custom actions, one module a skill. Adapters only: slots in, one service call, responses out."""
