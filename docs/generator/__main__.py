"""Write the generated pages of docs/reference: `python -m docs.generator`."""

from docs.generator.catalogue import FOLDER, PAGES

for name, write in PAGES.items():
    (FOLDER / name).write_text(write())
