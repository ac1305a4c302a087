"""The read-only API of the published catalogue: plain views over declared resources (see docs/decisions/0005).

`schemas` are the answers (pydantic: one declaration gives the JSON and its OpenAPI schema); `ressources` says how
each list is read and filtered; `parametres` reads the query string; `garde` keeps the door (keys, throttle, CORS,
ETag, errors); `openapi` writes the document out of the same declarations.
"""
