"""What customers want, as an operator names it: the file, the head that learns it, its worth."""
