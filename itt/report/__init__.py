"""results/NAME/report.html: all that came of a study on one page, for a reader who has not seen the code.

    page          puts it together and writes it
    sections      what it falls into, and what of the paper is counted as reproduced
    pictures      figures as part of the page, which loads nothing from elsewhere
    theory        what `itt theory` measured
    speed         what `itt bench rollouts --study` measured
    provenance    when, on which machines and with which versions it was trained
    template/     the page as Jinja2 templates: page.html, what stands first in each of its sections, style.css

It computes no score and draws nothing: `itt.analysis` does.
"""
