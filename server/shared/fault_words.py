"""What is wrong in a file, in the reader's language: the scorers say it in English, in detail."""

from server.shared.catalogues import catalogue_of
from server.shared.errors import N_
from server.shared.language import LANGUAGES, language

WORDS = {
    "archive": N_("The archive can't be read, or holds more or other than one file."),
    "blank_line": N_("There is an empty line between the rows."),
    "classes": N_("The classes are not those that the metric needs."),
    "empty": N_("A cell is empty."),
    "empty_file": N_("The file is empty."),
    "encoding": N_("The text is not in UTF-8."),
    "format": N_("The file is in no format that is taken here."),
    "header": N_("The header is not the one of the sample."),
    "kind": N_("This kind of input does not suit the metric."),
    "metric": N_("The metric refuses the file."),
    "missing_column": N_("A column is missing."),
    "missing_id": N_("An id has no row."),
    "not_a_number": N_("There is text where a number is due."),
    "not_finite": N_("A number is infinite or not a number."),
    "not_json": N_("A line is not JSON."),
    "not_text": N_("There is something else where text is due."),
    "nul": N_("There is a NUL byte in the text."),
    "out_of_range": N_("A number lies outside what is allowed."),
    "ragged_row": N_("A row has more or fewer cells than the header."),
    "repeated_column": N_("A column occurs twice."),
    "repeated_id": N_("An id occurs twice."),
    "row_sum": N_("The probabilities of a row do not sum to 1."),
    "sample": N_("The sample submission does not fit."),
    "scorer": N_("The metric does not suit these files."),
    "separator": N_("The columns are separated by something else than commas."),
    "split": N_("The rows can't be split as asked."),
    "too_many_bytes": N_("The file is too large."),
    "too_many_rows": N_("The file has too many rows."),
    "unbalanced_quotes": N_("A quotation mark is never closed."),
    "undefined": N_("The metric has no value for this file."),
    "unknown_column": N_("There is a column that does not belong here."),
    "unknown_id": N_("There is an id that does not belong here."),
    "unknown_label": N_("There is a label that is not one of those declared."),
    "unreadable_cell": N_("A cell can't be read."),
    "usage": N_("The column Usage holds something else than Public, Private and Ignored."),
}


def fault_words(code: str) -> str:
    """Return what a fault is about for whoever does not read English; nothing in English."""
    if language() == LANGUAGES[0] or code not in WORDS:
        return ""
    return str(catalogue_of(language()).ugettext(WORDS[code]))
