/** Has the browser save a text, or the pieces of one, as a file. */
export function saveFile(
  name: string,
  text: string | readonly string[],
  type = "application/yaml",
): void {
  const url = URL.createObjectURL(
    new Blob(typeof text === "string" ? [text] : [...text], { type }),
  );
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
