"""Import engine: a kind declares its columns and two set-based functions; the rest is here.

Reading (`fichiers`, `colonnes`, `valeurs`, `lecture`): one pass over the file, cell by cell, COPY into staging.
Control (`controle`): everything that needs more than one cell, in SQL, on a temporary table typed by the declaration.
Writing (`operations`): the ready rows, in one transaction. Nothing is written before.
"""
