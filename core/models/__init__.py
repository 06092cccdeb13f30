"""Who writes the answers.

extractive.py needs no model: it selects the documents' own sentences (extract.py). writing.py asks
a language model: tgi.py (with sse.py) speaks to it, prompt.py and prompts/ say what it reads,
citations.py keeps of its answer what the passages carry. ports.py is what a model must do.
"""
