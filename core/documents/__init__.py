"""Files read apart from everything else: workbooks, Word documents, PDFs and CSV as grids of cells and text."""
