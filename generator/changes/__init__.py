"""What a change of the document means: for those who call the API, and for those who import its packages.

Floors, from the ground: model, background, revisions and sides; verdicts; sets; document; surface; accepted; report; comparison;
configured; since and command. A module imports only from its own floor and from those below it.
"""
