"""The citizen's reading: a column as a person reads it in a browser, drawn, paged and opened by pressing.

`page.js` marks on the live page what is seen, what can be pressed and where links lead; `drawn` makes one document of
all frames; `families.parsing.press_controls` says what a person would press to turn the page, and when nothing is left
to press; `sitting` does it in the browser. Families read the document that comes of it as they read any page.
"""
