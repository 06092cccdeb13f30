"""Who writes the answers: extractive.py selects the documents' own sentences, see extract.py."""
