"""Webhooks"""
