"""The same page in fewer bytes: parts that few readers open are compressed, and no markup is said that HTML implies."""

from __future__ import annotations

import base64
import re
import zlib

RAW = -zlib.MAX_WBITS  # no header, as DecompressionStream("deflate-raw") reads it
TAG = re.compile(r"<[a-z][^<>]*>")  # texts and values are escaped: no other < or > stands in a page
QUOTES = re.compile(r'="([^\s"\'=<>`]+)"(?=[\s>])')
# What may follow an end tag for it to be implied (HTML, section 13.1.2.4).
IMPLIED = (
    re.compile(r"</t[dh]>[ \n]*(?=<t[dh][\s>]|</tr>)"),
    re.compile(r"</tr>[ \n]*(?=<tr[\s>]|</t(?:body|head|foot|able)>)"),
    re.compile(r"</li>[ \n]*(?=<li[\s>]|</ul>)"),
    re.compile(r"</d[dt]>[ \n]*(?=<d[dt][\s>]|</dl>|</div>)"),
    re.compile(
        r"</p>(?=[ \n]*(?:<(?:p|div|ul|dl|table|h[1-6]|pre|figure|section|article)[\s>]|</(?:div|section|article|figure)>))"
    ),
)


def packed(text: str) -> str:
    """Text as the base64 of its UTF-8 bytes in raw deflate, at zlib's smallest; the page's script inflates it.

    Told in one piece, all records of a page share their words. Markup must have been escaped before; the letters of
    base64 cannot end the element that holds them. The bytes are those of this environment's zlib.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, RAW, zlib.DEF_MEM_LEVEL + 1)
    return base64.b64encode(deflate.compress(text.encode()) + deflate.flush()).decode("ascii")


def tight(page: str) -> str:
    """A page of well-formed HTML without quotes around plain values and without end tags that HTML implies.

    A browser makes the same tree of it, but for white space between blocks, cells and items.
    """
    page = TAG.sub(lambda tag: QUOTES.sub(r"=\1", tag.group()), page)
    for end in IMPLIED:
        page = end.sub("", page)
    return page
