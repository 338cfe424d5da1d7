"""derivax"""
