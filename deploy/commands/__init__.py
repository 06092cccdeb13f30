"""The commands of the command line, a module each; `deploy.cli` imports one when it is called."""
