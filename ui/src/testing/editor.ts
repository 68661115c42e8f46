// The editor lives in a shadow root, where no query of a test looks.

import { EditorView } from "@codemirror/view";
import { act, waitFor } from "@testing-library/react";

/** The editor that is shown, and a way to add to its text. */
export async function findEditor() {
  const host = await waitFor(() => {
    const content = document
      .querySelector("[data-editor]")
      ?.shadowRoot?.querySelector<HTMLElement>(".cm-content");
    if (!content) throw new Error("the editor is not there yet");
    return content;
  });
  const view = EditorView.findFromDOM(host);
  if (!view) throw new Error("there is no editor");
  const write = (text: string) =>
    act(() => {
      view.dispatch({ changes: { from: view.state.doc.length, insert: text } });
    });
  return { view, write };
}
