"""Runs over files of any size: numbered parts of records in, Arrow tables out, in order."""
