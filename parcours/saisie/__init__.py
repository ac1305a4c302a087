"""The one form of an interview: parts (« volets ») of several families, applied together. See base.py."""
