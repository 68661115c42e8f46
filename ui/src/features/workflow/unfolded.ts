/** A text without the line ends that its file has only because lines are short there. */
export function unfolded(text: string): string {
  return (
    text
      .trim()
      .replaceAll(/[^\S\n]*\n[^\S\n]*/g, "\n")
      // Paragraphs stay apart, and items of a list below each other.
      .replaceAll(/([^\n])\n(?!\n|(?:[-*+•]|\d+[.)])\s)/g, "$1 ")
  );
}
