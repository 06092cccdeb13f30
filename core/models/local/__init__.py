"""Causal models in this process, by path: model.py (START HERE) is the port over an engine.

engine.py is what an engine must do, causal.py one by transformers, which comes with the extra
`models` and reads its files.py; telling.py makes text of its tokens.
"""
