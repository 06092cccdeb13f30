"""Who writes the answers.

extractive.py needs no model: it selects the documents' own sentences (extract.py). writing.py
asks a language model: prompt.py and prompts/ say what it reads, core/grounding keeps of its answer
what the passages carry; last_resort.py lets extraction answer when no model has. ports.py is what
a model must do. router.py is one over several targets (targets.py, breaker.py); tgi.py,
discovered.py, openai_compatible.py and anthropic.py speak to servers, over streaming.py, sse.py
and refusals.py.

catalogue.py has all prompts, by tenant and language; vary.py answers each conversation in the way
of its variant (experiments.py, read_experiments.py). counting.py estimates tokens, vocabulary.py
counts them; talk.py brings what a model reads into forms with fewer roles.
"""
