"""Lists of documents as spreadsheets write them: read by their columns' names, written so that no cell is a formula."""
