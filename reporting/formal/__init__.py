"""The report of a period as a paper: HTML, PDF, DOCX, XLSX, the year's, its charts."""
