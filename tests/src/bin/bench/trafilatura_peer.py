"""Runs trafilatura over the pages of a list, {file, url} a line, and prints how many bytes each has and how
many microseconds it took. The first ten pages are read once before, so that what it loads late is loaded."""

import gzip
import json
import os
import sys
import time

import trafilatura


def extract(page, url):
    begin = time.perf_counter()
    trafilatura.bare_extraction(page, url=url, with_metadata=True)
    return time.perf_counter() - begin


def main():
    path = sys.argv[1]
    folder = os.path.dirname(path)
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for number, row in enumerate(rows[:10] + rows):
        with gzip.open(os.path.join(folder, row["file"])) as page:
            page = page.read()
        took = extract(page, row["url"])
        if number >= 10:
            print(len(page), round(took * 1e6), flush=True)


main()
