"""results/NAME/report.html: all that came of a study on one page, for a reader who has not seen the code.

    page        puts it together and writes it
    overview    what was asked, and how far it is
    pictures    figures as part of the page, which loads nothing from elsewhere
    provenance  when, on which machines and with which versions it was trained
    template/   page.html, a Jinja2 template with the text of the page, and style.css, how it looks

It computes no score and draws nothing: `itt.analysis` does.
"""
