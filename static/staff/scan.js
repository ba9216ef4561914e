// A scanner types over what was read before: after a refusal the old code is selected, not added to.
"use strict";
document.querySelector("input[autofocus]")?.select();
