"""What a change of the document means: for those who call the API, and for those who import its packages."""
