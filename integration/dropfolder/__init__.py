"""The drop folder: a folder per source under DROP_FOLDER, for senders that can only put a file somewhere.

`<source>/FILE` is taken once it is whole, worked on in `<source>/.working/`, and then lies in `<source>/done/` or
`<source>/failed/` with its report and its rejected rows beside it.

A file is whole when `FILE.done` lies beside it, or when it has stood still for a quarter of a minute as this worker saw
it. Renaming into place alone would not do: the senders that need this door (scanners, old offices' computers, SFTP
clients) write under the final name. A file that still grows after it was taken is put back unread.
"""

from .looking import let_go, look

__all__ = ["let_go", "look"]
