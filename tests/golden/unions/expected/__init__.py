"""Unions"""
