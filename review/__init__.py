"""The office's word: who speaks, rulings, the review workbook, objections and the freeze."""
