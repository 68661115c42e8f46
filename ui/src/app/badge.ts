// The title of the tab: the page, and before it how many things wait for somebody.

let page = "";
let count = 0;

function show(): void {
  const name = page === "" ? "Baton" : `${page} · Baton`;
  document.title = count === 0 ? name : `(${count}) ${name}`;
}

export const badge = {
  setPage(title: string) {
    page = title;
    show();
  },
  setCount(next: number) {
    count = next;
    show();
  },
};
