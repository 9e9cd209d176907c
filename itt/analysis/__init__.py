"""From records to tables and figures. Reads files only: no trainer, env or policy is imported here.

    run folders -> collect -> runs.csv, curves.csv -> tables  -> scores.csv, scores.md, scores.tex, ...
                                                   -> figures -> learning-curves.svg, ..., captions.json

`statistics` holds the arithmetic on arrays, `scores` applies it to what was collected; `tables` and `figures` only lay
out what these give. A table is a `typeset.Table`, whatever it is about; `tables.sheets` gives all of them.
"""
