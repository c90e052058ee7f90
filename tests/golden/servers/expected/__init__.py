"""Servers"""
