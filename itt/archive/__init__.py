"""A study's results as one file that can be checked: with ordinary tools, with `itt`, and by training again.

    contents.py     what goes in: records, policies, tables, figures, report, code version, lock file
    runs.py         the runs that records are of, and the study file that gives just these runs
    crate.py        what it is, in the words of RO-Crate (ro-crate-metadata.json)
    container.py    a zip whose bytes depend on names and contents alone; SHA256SUMS; what is damaged in one
    making.py       writes an archive
    verify.py       hashes, then the tables drawn again from the records, then runs trained again
    tables.py       the tables drawn again
    replay.py       runs trained again for their first iterations

docs/archive.md tells what an archive proves and what it does not.
"""
