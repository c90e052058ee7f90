"""What a change of the document means: for those who call the API, and for those who import its packages.

Floors, from the ground: model, background and revisions; verdicts; sets; document; surface; report; comparison; since and
command. A module imports only from its own floor and from those below it.
"""
