// The print button needs JavaScript, so it appears only with it.
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());
