"""The catalogue at the boundary: data·inclusion v1 (nomenclatures, records, files, quality), open data.

`nomenclatures` says which of our words is which of theirs; `fiches` makes their records out of our rows (pure);
`export` reads the rows and writes the files; `qualite` scores a sheet and says what would raise its score.
"""
