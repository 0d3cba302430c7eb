"""page: the results of a scale, to one static site that opens from disk."""

import argparse
import sys
from pathlib import Path

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", help="default: as in config/config.yaml")
    parser.add_argument("--results", type=Path, help="default: results/<scale>")
    parser.add_argument("--papers", nargs="+", help="keys of config/papers; default: those that have verdicts")
    parser.add_argument("--output", type=Path, help="the front page; default: index.html beside the results")
    parser.add_argument("--config-dir", type=Path, default=Path("config"))
    args = parser.parse_args()

    from atlas.config import ConfigError, load_atlas
    from atlas.page.reading import PageError
    from atlas.page.render import write_page
    from atlas.page.site import size_in_words

    try:
        atlas = load_atlas(args.config_dir, {"papers": args.papers or "all", "scale": args.scale})
        results = args.results or Path("results") / atlas.scale
        output = args.output or results / "index.html"
        papers = {key: paper for key, paper in atlas.papers.items() if (results / key / "verdicts.json").exists()}
        shown = atlas.papers if args.papers else papers
        write_page(results, shown, output, args.config_dir)
        size = size_in_words(output, shown)
        if not args.papers:
            left = sorted(set(atlas.papers) - set(papers))
            missing = f" (without verdicts, left out: {', '.join(left)})" if left else ""
            print(f"page: {output}, {size}{missing}")
        else:
            print(f"page: {size}")
    except (ConfigError, PageError) as error:
        sys.exit(f"page: {error}")
