"""隣の三つのシステムと試験用の相手: each a process of its own, with its own schema, role, key and screens.

They know ``exchange`` (the wire) and ``systems.frame`` (how a system is served), never the core and never one another.
"""
