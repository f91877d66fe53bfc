"""Files: unpacked, read, checked and aligned, with every fault told at once."""
