"""Proves a generated package by its document alone. From the ground: document, values, wire, proof, worker, process, command."""
