// Problems that are found open below the text, and take their room from it.

import { EditorView, ViewPlugin } from "@codemirror/view";

/** So far from the edge it is to be, that the whole line is seen and not its letters alone. */
const MARGIN = 20;

/** Whether the line that is written at has come to be out of sight by it. */
export function isCoveredNow(
  cursor: { top: number; bottom: number },
  frame: { top: number; bottom: number },
  heightBefore: number,
): boolean {
  const wasInSight = cursor.top >= frame.top && cursor.top < frame.top + heightBefore;
  return wasInSight && cursor.bottom + MARGIN > frame.bottom;
}

/** Keeps in sight where somebody writes when the editor becomes lower. */
export const keepCursor = ViewPlugin.define((view) => {
  let height = view.scrollDOM.clientHeight;
  const look = () => {
    const before = height;
    height = view.scrollDOM.clientHeight;
    if (height >= before || !view.hasFocus) return;
    const { head } = view.state.selection.main;
    const cursor = view.coordsAtPos(head);
    if (!cursor || !isCoveredNow(cursor, view.scrollDOM.getBoundingClientRect(), before)) return;
    view.dispatch({ effects: EditorView.scrollIntoView(head, { y: "nearest", yMargin: MARGIN }) });
  };
  const observer = new ResizeObserver(look);
  observer.observe(view.scrollDOM);
  return { destroy: () => observer.disconnect() };
});
