"""Streams"""
