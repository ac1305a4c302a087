"""The population generator: fictitious people, coherent histories over five years, known defects.

Events are drawn in memory (evenements, histoire), written by COPY (ecriture), and counted in plain Python
(attendus) without reading the database: docs/indicateurs.md is the definition both sides follow.
"""
