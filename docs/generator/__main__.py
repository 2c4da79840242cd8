"""Write the generated pages of docs/reference: `python -m docs.generator`."""

from claude_sandbox.cli.ready import HELP
from docs.generator.catalogue import FOLDER, PAGES
from docs.generator.command_line import root_help

for name, write in PAGES.items():
    (FOLDER / name).write_text(write())
HELP.write_text(root_help())
