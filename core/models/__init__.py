"""Who writes the answers.

extractive.py needs no model: it selects the documents' own sentences (extract.py). writing.py
asks a language model: prompt.py and prompts/ say what it reads, citations.py keeps of its answer
what the passages carry; last_resort.py lets extraction answer when no model has. ports.py is what
a model must do. router.py is one over several targets (targets.py, breaker.py); tgi.py,
discovered.py, openai_compatible.py and anthropic.py speak to servers, over streaming.py, sse.py
and refusals.py.
"""
