"""page: the results of a scale, to one static page that opens from disk."""

import argparse
import sys
from pathlib import Path

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="results/<scale>")
    parser.add_argument("--papers", nargs="+", required=True, help="keys of config/papers")
    parser.add_argument("--output", type=Path, required=True, help="the HTML file")
    parser.add_argument("--config-dir", type=Path, default=Path("config"))
    args = parser.parse_args()

    from atlas.config import ConfigError, load_atlas
    from atlas.page.reading import PageError
    from atlas.page.render import write_page

    try:
        atlas = load_atlas(args.config_dir, {"papers": args.papers})
        write_page(args.results, atlas.papers, args.output)
    except (ConfigError, PageError) as error:
        sys.exit(f"page: {error}")
