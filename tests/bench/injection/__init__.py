"""What leaves when a model obeys whatever it reads."""
